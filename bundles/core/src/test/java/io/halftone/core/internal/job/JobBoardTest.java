package io.halftone.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Job;
import io.halftone.api.Job.State;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.ProgressListener;
import io.halftone.api.ProgressListener.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What others see of a job than who started it. */
@Timeout(20)
class JobBoardTest {
    private final JobRunner runner = new JobRunner(() -> 2, Failures::describe);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final BlockingQueue<JobInfo> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        mayGoOn.countDown();
        runner.stop();
    }

    @Test
    void aRunningJobSaysWhatItIsAboutAndHowFarItIs() throws Exception {
        Job<Integer> job = waiting("quantize", "sdxl");
        JobInfo info = runner.jobs().get(0);
        assertEquals(List.of("quantize-1", "quantize", "sdxl", "", State.RUNNING, false, new Progress("calibrate", 2, 8, "step")),
            List.of(info.id(), info.kind(), info.subject(), info.failure(), info.state(), info.cancelling(), info.progress()));
        assertEquals(Optional.empty(), info.ended());
        assertTrue(info.inStage().compareTo(info.elapsed()) <= 0);
        mayGoOn.countDown();
        job.await();
        JobInfo end = runner.jobs().get(0);
        assertEquals(State.DONE, end.state());
        assertEquals(end.started().plus(end.elapsed()), end.ended().orElseThrow());
    }

    @Test
    void aJobThatHasSaidNothingIsInNoStage() throws Exception {
        runner.start("plan", ProgressListener.NONE, monitor -> 1).await();
        assertEquals(Progress.NONE, runner.jobs().get(0).progress());
        assertEquals("", runner.jobs().get(0).subject());
    }

    @Test
    void theRestOfAStageIsToldByItsPace() {
        JobInfo half = info(new Progress("calibrate", 2, 8, "step"), Duration.ofSeconds(10));
        assertEquals(Optional.of(Duration.ofSeconds(30)), half.remaining());
        assertEquals(Optional.empty(), info(new Progress("build", 0, 1, "engine"), Duration.ofSeconds(10)).remaining());
        assertEquals(Optional.empty(), info(new Progress("search", 3, 0, "run"), Duration.ofSeconds(10)).remaining());
    }

    private static JobInfo info(Progress progress, Duration inStage) {
        return new JobInfo("x-1", "x", "", State.RUNNING, false, java.time.Instant.EPOCH, inStage, progress, inStage, "");
    }

    @Test
    void theLastEndedJobsAreKeptWithWhatBecameOfThem() throws Exception {
        runner.start("first", ProgressListener.NONE, monitor -> 1).await();
        Job<Integer> failed = runner.start("failed", ProgressListener.NONE, monitor -> {
            throw new IllegalArgumentException("alpha: found 2; expected at most 1");
        });
        assertThrows(JobException.class, failed::await);
        Job<Integer> cancelled = runner.start("cancelled", ProgressListener.NONE, monitor -> {
            throw new CancellationException();
        });
        assertThrows(CancellationException.class, cancelled::await);
        assertEquals(List.of("failed-2", "cancelled-3"), runner.jobs().stream().map(JobInfo::id).toList());
        assertEquals(List.of(State.FAILED, State.CANCELLED), runner.jobs().stream().map(JobInfo::state).toList());
        assertEquals(List.of("alpha: found 2; expected at most 1", ""), runner.jobs().stream().map(JobInfo::failure).toList());
    }

    @Test
    void aJobIsCancelledByItsId() throws Exception {
        Job<Integer> job = waiting("quantize", "sdxl");
        JobInfo info = runner.cancel("quantize-1");
        assertTrue(info.cancelling() && info.isRunning(), "until it hears of it");
        mayGoOn.countDown();
        assertThrows(CancellationException.class, job::await);
        assertEquals(State.CANCELLED, runner.jobs().get(0).state());
        assertFalse(runner.jobs().get(0).cancelling());
        assertEquals(State.CANCELLED, runner.cancel("quantize-1").state(), "and stays so");
    }

    @Test
    void refusesToCancelAJobThatIsNotKnown() throws Exception {
        assertEquals("job quantize-7: found none of that id; expected one that runs, and none does",
            assertThrows(IllegalArgumentException.class, () -> runner.cancel("quantize-7")).getMessage());
        waiting("quantize", "sdxl");
        assertEquals("job quantize-7: found none of that id; expected one that runs: quantize-1",
            assertThrows(IllegalArgumentException.class, () -> runner.cancel("quantize-7")).getMessage());
    }

    @Test
    void aListenerHearsOfJobsThatOthersStarted() throws Exception {
        Job<Integer> job = waiting("quantize", "sdxl");
        try (var registration = runner.listen(heard::add)) {
            assertEquals(new Progress("calibrate", 2, 8, "step"), next().progress(), "what it said before");
            mayGoOn.countDown();
            job.await();
            JobInfo last = next();
            while (last.isRunning()) {
                last = next();
            }
            assertEquals(State.DONE, last.state());
            assertEquals(new Progress("calibrate", 8, 8, "step"), last.progress());
        }
    }

    @Test
    void aListenerThatIsClosedHearsNothingMore() throws Exception {
        runner.listen(heard::add).close();
        runner.start("quick", ProgressListener.NONE, monitor -> 1).await();
        assertEquals(null, heard.poll(200, TimeUnit.MILLISECONDS));
    }

    /** A job says ten thousand things while its listener hangs in the first call: it does not wait, and the listener hears the end. */
    @Test
    void aSlowListenerHoldsNoJobUpAndHearsTheEnd() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        JobListener slow = job -> {
            heard.add(job);
            hangs.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try (var registration = runner.listen(slow)) {
            Job<Integer> first = waiting("first", "");
            hangs.await();
            mayGoOn.countDown();
            first.await();
            runner.start("talks", ProgressListener.NONE, monitor -> {
                for (int i = 0; i < 10_000; i++) {
                    monitor.progress("talk", i, 10_000, "word");
                }
                return 1;
            }).await();
            goesOn.countDown();
            next();
            JobInfo end = next();
            assertEquals(List.of("first-1", State.DONE), List.of(end.id(), end.state()));
            JobInfo other = next();
            assertEquals(List.of("talks-2", State.DONE), List.of(other.id(), other.state()), "one call for all that it said");
        }
    }

    @Test
    void aListenerThatFailsHearsTheNextNewsAllTheSame() throws Exception {
        JobListener failing = job -> {
            heard.add(job);
            throw new IllegalStateException("listener");
        };
        try (var registration = runner.listen(failing)) {
            runner.start("one", ProgressListener.NONE, monitor -> 1).await();
            JobInfo first = next();
            while (first.isRunning()) {
                first = next();
            }
            runner.start("two", ProgressListener.NONE, monitor -> 1).await();
            assertEquals("two-2", next().id());
        }
    }

    /** A job that has begun, said two things, and waits. */
    private Job<Integer> waiting(String kind, String subject) throws InterruptedException {
        Job<Integer> job = runner.start(kind, subject, ProgressListener.NONE, monitor -> {
            monitor.progress("load", 0, 0, "");
            monitor.progress("calibrate", 2, 8, "step");
            begun.countDown();
            mayGoOn.await();
            monitor.progress("calibrate", 8, 8, "step");
            return 1;
        });
        begun.await();
        return job;
    }

    private JobInfo next() throws InterruptedException {
        JobInfo job = heard.poll(10, TimeUnit.SECONDS);
        if (job == null) {
            throw new AssertionError("found no news; expected some");
        }
        return job;
    }
}
