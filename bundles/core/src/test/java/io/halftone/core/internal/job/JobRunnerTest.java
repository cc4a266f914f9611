package io.halftone.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Job;
import io.halftone.api.Job.State;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import io.halftone.api.ProgressListener.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class JobRunnerTest {
    private final JobRunner runner = new JobRunner();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);

    @Test
    void aJobThatIsDoneGivesItsResult() throws Exception {
        Job<String> job = start(monitor -> {
            begun.countDown();
            mayGoOn.await();
            return "result";
        });
        begun.await();
        assertEquals(State.RUNNING, job.state());
        mayGoOn.countDown();
        assertEquals("result", job.await());
        assertEquals(State.DONE, job.state());
        assertEquals("result", job.await(), "and gives it again");
    }

    @Test
    void theStateIsFinalWhenAwaitReturns() throws Exception {
        for (int i = 0; i < 200; i++) {
            Job<Integer> done = runner.start("quick", ProgressListener.NONE, monitor -> 1);
            done.await();
            assertEquals(State.DONE, done.state());
            Job<Integer> failed = runner.start("quick", ProgressListener.NONE, monitor -> {
                throw new CancellationException();
            });
            assertThrows(CancellationException.class, failed::await);
            assertEquals(State.CANCELLED, failed.state());
        }
    }

    @Test
    void idsCountUpAndTellTheKind() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        Job<Integer> first = runner.start("quantize", ProgressListener.NONE, monitor -> {
            thread.set(Thread.currentThread().getName());
            return 1;
        });
        Job<Integer> second = runner.start("export", ProgressListener.NONE, monitor -> 1);
        first.await();
        assertEquals(List.of("quantize-1", "export-2"), List.of(first.id(), second.id()));
        assertEquals(List.of("quantize", "export"), List.of(first.kind(), second.kind()));
        assertEquals("halftone-quantize-1", thread.get());
    }

    @Test
    void aJobThatFailsTellsUsersWhyAndKeepsWhatHappened() {
        var cause = new IllegalArgumentException("calib-size: found 0; expected >= 1\nmore");
        Job<String> job = start(monitor -> {
            throw cause;
        });
        var e = assertThrows(JobException.class, job::await);
        assertEquals("calib-size: found 0; expected >= 1", e.getMessage());
        assertSame(cause, e.getCause());
        assertEquals(State.FAILED, job.state());
    }

    @Test
    void anErrorFailsTheJobAlone() throws Exception {
        Job<String> job = start(monitor -> {
            throw new NoClassDefFoundError("org/example/Missing");
        });
        assertEquals("NoClassDefFoundError: org/example/Missing", assertThrows(JobException.class, job::await).getMessage());
        assertEquals(State.FAILED, job.state());
        assertEquals(1, runner.start("next", ProgressListener.NONE, monitor -> 1).await());
    }

    @Test
    void aCancelledJobStopsAtItsNextCheck() throws Exception {
        Job<String> job = start(monitor -> {
            begun.countDown();
            mayGoOn.await();
            monitor.check();
            return "result";
        });
        begun.await();
        job.cancel();
        assertEquals(State.RUNNING, job.state(), "until it hears of it");
        mayGoOn.countDown();
        assertThrows(CancellationException.class, job::await);
        assertEquals(State.CANCELLED, job.state());
    }

    @Test
    void aJobThatIsDoneStaysDone() throws Exception {
        Job<String> job = start(monitor -> "result");
        job.await();
        job.cancel();
        assertEquals(State.DONE, job.state());
        assertEquals("result", job.await());
    }

    @Test
    void aListenerHearsHowFarItIsUntilItIsCancelled() throws Exception {
        List<Progress> heard = new ArrayList<>();
        Job<String> job = runner.start("test", heard::add, monitor -> {
            monitor.progress("calibrate", 1, 3, "step");
            begun.countDown();
            mayGoOn.await();
            monitor.progress("calibrate", 2, 3, "step");
            return "";
        });
        begun.await();
        job.cancel();
        mayGoOn.countDown();
        assertThrows(CancellationException.class, job::await);
        assertEquals(List.of(new Progress("calibrate", 1, 3, "step")), heard);
    }

    @Test
    void aListenerThatThrowsFailsTheJob() {
        Job<String> job = runner.start("test", progress -> {
            throw new IllegalStateException("listener");
        }, monitor -> {
            monitor.progress("calibrate", 1, 3, "step");
            return "";
        });
        assertEquals("IllegalStateException: listener", assertThrows(JobException.class, job::await).getMessage());
    }

    @Test
    void stoppingCancelsWhatRunsAndWaitsForItsEnd() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch both = new CountDownLatch(2);
        JobRunner.Task<String> untilCancelled = monitor -> {
            try {
                both.countDown();
                while (true) {
                    monitor.check();
                    Thread.sleep(1);
                }
            } finally {
                Thread.sleep(50);
                ended.set(true);
            }
        };
        Job<String> first = start(untilCancelled);
        Job<String> second = start(untilCancelled);
        both.await();
        assertFalse(ended.get());
        runner.stop();
        assertTrue(ended.get());
        assertEquals(List.of(State.CANCELLED, State.CANCELLED), List.of(first.state(), second.state()));
    }

    @Test
    void stoppingDoesNotWaitForJobsThatHaveEnded() throws Exception {
        start(monitor -> "result").await();
        long start = System.nanoTime();
        runner.stop();
        assertTrue(System.nanoTime() - start < 4_000_000_000L);
    }

    @Test
    void aSilentMonitorNeverStops() {
        Monitor.silent().check();
        Monitor.silent().progress("calibrate", 1, 1, "step");
    }

    private Job<String> start(JobRunner.Task<String> task) {
        return runner.start("test", ProgressListener.NONE, task);
    }
}
