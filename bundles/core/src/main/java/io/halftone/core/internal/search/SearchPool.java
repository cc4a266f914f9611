package io.halftone.core.internal.search;

import io.halftone.core.internal.calibrate.Workers;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Takes measurements of a subject several at a time, each on one thread whatever their number, so that the bits are the same.
 * Each worker loads the weights and encodes the prompts once.
 */
final class SearchPool implements AutoCloseable {
    private final Subject subject;
    private final EagerRuntime runtime;
    private final int workers;
    private final Monitor monitor;
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private final ExecutorService threads;
    private volatile boolean closed;

    /**
     * A measurement.
     *
     * @param <R> its result; no tensor
     */
    @FunctionalInterface
    interface Measurement<R> {
        R take(SearchRun<?> run, int index);
    }

    /** What a worker is to do; nothing where it is to stop. */
    private record Work(Consumer<SearchRun<?>> measure, Consumer<Throwable> fail) {
        private static final Work STOP = new Work(run -> { }, e -> { });
    }

    SearchPool(Subject subject, EagerRuntime runtime, int workers, Monitor monitor) {
        this.subject = subject;
        this.runtime = runtime;
        this.workers = workers;
        this.monitor = monitor;
        this.threads = Executors.newFixedThreadPool(workers, work -> new Thread(work, "halftone-search"));
        for (int i = 0; i < workers; i++) {
            threads.submit(this::serve);
        }
    }

    Subject subject() {
        return subject;
    }

    /** A pool of as many workers for another subject. */
    SearchPool with(Subject other) {
        return new SearchPool(other, runtime, workers, monitor);
    }

    private Void serve() {
        try {
            runtime.run(1, new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) {
                    SearchRun<T> run = new SearchRun<>(new RunningPipeline<>(subject.pipeline(), context, monitor), subject, monitor);
                    for (Work work = next(); work != Work.STOP; work = next()) {
                        work.measure().accept(run);
                    }
                    return null;
                }
            });
        } catch (Throwable e) {   // a worker that cannot begin: whoever waits for it must hear
            for (Work work = next(); work != Work.STOP; work = next()) {
                work.fail().accept(e);
            }
        }
        return null;
    }

    private Work next() {
        try {
            return queue.take();
        } catch (InterruptedException e) {   // nobody interrupts a worker
            throw new IllegalStateException(e);
        }
    }

    /**
     * Takes measurements 0 to count - 1.
     *
     * @return their results in this order
     */
    <R> List<R> take(String stage, int count, Measurement<R> measurement) throws IOException {
        List<CompletableFuture<R>> results = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            int index = i;
            CompletableFuture<R> result = new CompletableFuture<>();
            results.add(result);
            queue.add(new Work(run -> {
                if (closed || failed.get() > 0) {
                    result.cancel(false);
                    return;
                }
                try {
                    R taken = measurement.take(run, index);
                    progress(stage, done.incrementAndGet(), count);
                    result.complete(taken);
                } catch (Throwable e) {
                    failed.incrementAndGet();
                    result.completeExceptionally(e);
                }
            }, result::completeExceptionally));
        }
        return await(results);
    }

    private synchronized void progress(String stage, int done, int count) {
        monitor.progress(stage, done, count, "run");
    }

    /** Waits for all; of what went wrong, throws what the others stopped for. */
    private static <R> List<R> await(List<CompletableFuture<R>> results) throws IOException {
        List<R> all = new ArrayList<>();
        Throwable cause = null;
        for (CompletableFuture<R> result : results) {
            try {
                all.add(result.get());
            } catch (CancellationException e) {
                cause = cause == null ? e : cause;
            } catch (ExecutionException e) {
                cause = cause == null || cause instanceof CancellationException ? e.getCause() : cause;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        if (cause instanceof IOException io) {
            throw io;
        } else if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (cause instanceof Error error) {
            throw error;
        } else if (cause != null) {
            throw new IllegalStateException(cause);
        }
        return all;
    }

    /** Waits until no worker runs. */
    @Override
    public void close() {
        closed = true;
        for (int i = 0; i < workers; i++) {
            queue.add(Work.STOP);
        }
        threads.shutdown();
        Workers.join(threads);
    }
}
