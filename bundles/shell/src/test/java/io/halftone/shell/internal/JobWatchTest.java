package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class JobWatchTest {
    private final List<Object> shown = new ArrayList<>();
    private final JobWatch watch = new JobWatch(new ProgressView() {
        @Override
        public void show(Progress progress) {
            shown.add(progress);
            assertSame(tester, Thread.currentThread());
        }

        @Override
        public void end(boolean done) {
            shown.add(done);
        }
    });
    private final Thread tester = Thread.currentThread();

    @Test
    void showsOnItsOwnThreadWhatTheJobsThreadSays() throws Exception {
        var first = new Progress("calibrate", 0, 2, "step");
        var second = new Progress("calibrate", 2, 2, "step");
        String result = watch.await(listener -> {
            Thread other = new Thread(() -> {
                listener.progress(first);
                listener.progress(second);
            });
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return FakeJob.done("whole");
        });

        assertEquals("whole", result);
        assertEquals(List.of(first, second, true), shown);
    }

    @Test
    void endsTheViewOfAFailedJob() {
        var failure = assertThrows(JobException.class,
            () -> watch.await(listener -> FakeJob.failed("disk: found 0 bytes free; expected 5")));

        assertEquals("disk: found 0 bytes free; expected 5", failure.getMessage());
        assertEquals(List.of(false), shown);
    }

    @Test
    void cancelsTheJobOfAnInterruptedCommand() {
        var job = new FakeJob<String>();
        Thread.currentThread().interrupt();
        var cancelled = assertThrows(InterruptedException.class, () -> watch.await(listener -> job));

        assertEquals("quantize: cancelled", cancelled.getMessage());
        assertEquals(Job.State.CANCELLED, job.state());
        assertEquals(List.of(false), shown);
    }

    @Test
    void namesTheJobThatSomeoneElseCancelled() {
        var job = new FakeJob<String>();
        job.cancel();
        assertEquals("1: cancelled", assertThrows(CancellationException.class, () -> watch.await(listener -> job)).getMessage());
        assertEquals(List.of(false), shown);
    }
}
