package io.halftone.shell.internal;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;

/** A job whose end the test decides. */
final class FakeJob<R> implements Job<R> {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile State state = State.RUNNING;
    private volatile R result;
    private volatile JobException failure;

    static <R> FakeJob<R> done(R result) {
        var job = new FakeJob<R>();
        job.result = result;
        job.end(State.DONE);
        return job;
    }

    static <R> FakeJob<R> failed(String message) {
        var job = new FakeJob<R>();
        job.failure = new JobException(message, new IllegalStateException(message));
        job.end(State.FAILED);
        return job;
    }

    private void end(State end) {
        state = end;
        ended.countDown();
    }

    @Override
    public String id() {
        return "1";
    }

    @Override
    public String kind() {
        return "quantize";
    }

    @Override
    public State state() {
        return state;
    }

    @Override
    public R await() throws InterruptedException, JobException {
        ended.await();
        if (state == State.CANCELLED) {
            throw new CancellationException("quantize: cancelled");
        }
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    @Override
    public void cancel() {
        end(State.CANCELLED);
    }
}
