package io.halftone.shell.internal;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.ProgressListener.Progress;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Shows how a job gets on that someone else started, until it ends. */
@Service
@Command(scope = "halftone", name = "job-watch", description = "Shows how a job gets on, of any session, until it ends",
    detailedDescription = "classpath:job-watch.txt")
public final class JobWatchCommand extends JobCommand {
    private static final long POLL_MILLIS = 100;

    @Argument(name = "id", description = "Id of a job, see jobs", required = true)
    @Completion(JobIdCompleter.Running.class)
    private String id;

    private JobInfo end;

    @Override
    Report report() throws InterruptedException {
        ProgressView view = progressView();
        JobInfo job = JobsCommand.named(halftone.jobs(), id);
        Progress shown = Progress.NONE;
        try {
            while (true) {
                if (!job.progress().equals(shown)) {
                    shown = job.progress();
                    view.show(shown);
                }
                if (!job.isRunning()) {
                    break;
                }
                Thread.sleep(POLL_MILLIS);
                job = JobsCommand.named(halftone.jobs(), id);
            }
        } finally {
            view.end(job.state() == Job.State.DONE);
        }
        end = job;
        return JobsReport.of(job, colours());
    }

    @Override
    void printed() throws JobException {
        if (end.state() != Job.State.DONE) {
            throw new JobException(end.id() + ": " + (end.failure().isEmpty() ? "cancelled" : end.failure()), null);
        }
    }
}
