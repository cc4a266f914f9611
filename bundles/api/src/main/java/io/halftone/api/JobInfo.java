package io.halftone.api;

import io.halftone.api.ProgressListener.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a job at a moment, whoever started it.
 *
 * @param id         as {@link Job#id}
 * @param kind       as {@link Job#kind}
 * @param subject    what it is about: a model's name, a pipeline folder, a file; empty where that is not known
 * @param state      where it is
 * @param cancelling whether it was asked to stop and still runs
 * @param started    when it was started
 * @param elapsed    how long it runs, or ran
 * @param progress   what it said last; {@link Progress#NONE} before it has said anything
 * @param inStage    how long it is, or was, in the stage of that progress
 * @param failure    one line for users where it failed; empty otherwise
 */
public record JobInfo(String id, String kind, String subject, Job.State state, boolean cancelling, Instant started, Duration elapsed,
                      Progress progress, Duration inStage, String failure) {
    /** Whether it runs. */
    public boolean isRunning() {
        return state == Job.State.RUNNING;
    }

    /** When it ended; empty while it runs. */
    public Optional<Instant> ended() {
        return isRunning() ? Optional.empty() : Optional.of(started.plus(elapsed));
    }

    /** How long the rest of the stage takes at the pace it had so far; empty where that is not known. */
    public Optional<Duration> remaining() {
        if (!isRunning() || progress.done() <= 0 || progress.total() <= 0) {
            return Optional.empty();
        }
        double each = (double) inStage.toMillis() / progress.done();
        return Optional.of(Duration.ofMillis(Math.round(each * Math.max(0, progress.total() - progress.done()))));
    }
}
