package io.halftone.core.internal.calibrate;

import io.halftone.api.CalibrationWork;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerRuntime;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the batches of a calibration, several at a time, and merges what they show. Each batch computes with one thread whatever
 * their number, so that the bits are the same. What is done is saved after every batch, so that a killed run goes on from there.
 */
public final class Calibrator {
    /** That one operation computes with: the bits of the statistics depend on it. */
    static final int THREADS = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Calibrator.class);

    private final CalibrationJob job;
    private final CalibrationWork work;
    private final EagerRuntime runtime;
    private final Path journal;
    private final Map<Site, String> collectorNames = new LinkedHashMap<>();
    private PartialStatistics done;
    private int ran;

    /**
     * @param journal file that statistics are saved in after every batch, and taken up from
     */
    Calibrator(CalibrationJob job, CalibrationWork work, EagerRuntime runtime, Path journal) {
        this.job = job;
        this.work = work;
        this.runtime = runtime;
        this.journal = journal;
        this.done = PartialStatistics.none(job.digest(), job.batches());
        job.observed().sites().forEach((site, asked) -> collectorNames.put(site, asked.observation().collector()));
    }

    /** The batches that {@link #run} ran itself. */
    public int batchesRun() {
        return ran;
    }

    /**
     * Runs what is left of this work's batches.
     *
     * @return what all batches of the slice have shown, and those of given statistics
     * @throws IllegalArgumentException if given statistics are of another calibration, or cover a batch twice
     */
    public PartialStatistics run(Monitor monitor) throws IOException {
        for (String file : work.statisticsIn()) {
            PartialStatistics given = StatisticsFile.read(Path.of(file)).statistics();
            if (!given.digest().equals(job.digest())) {
                throw new IllegalArgumentException(file + ": found statistics of another calibration, " + given.digest() + "; expected those of "
                    + job.digest() + ": same pipeline, prompts, seed, steps, layers and collectors");
            }
            done = done.merge(given, this::collector);
        }
        takeUp();
        if (job.observed().sites().isEmpty()) {   // weights alone are quantized: there is nothing to see
            done = new PartialStatistics(job.digest(), job.batches(), IntStream.range(0, job.batches()).boxed()
                .collect(Collectors.toCollection(TreeSet::new)), Map.of());
            return done;
        }
        ConcurrentLinkedQueue<Integer> left = new ConcurrentLinkedQueue<>();
        int calls = 0;
        for (int i = 0; i < job.batches(); i++) {
            if (i % work.slices() == work.slice() - 1) {
                calls++;
                if (!done.batches().contains(i)) {
                    left.add(i);
                }
            }
        }
        ran = left.size();
        if (!left.isEmpty()) {
            runAll(left, new Progress(monitor, job, calls, calls - left.size()), monitor);
        }
        return done;
    }

    /** Batches that an earlier run of this calibration finished before it was killed. */
    private void takeUp() throws IOException {
        if (!Files.isRegularFile(journal)) {
            return;
        }
        PartialStatistics kept;
        try {
            kept = StatisticsFile.read(journal).statistics();
        } catch (RuntimeException e) {
            if (!work.statisticsOut().isEmpty()) {
                throw new IllegalArgumentException(journal + ": found a file that is no statistics of ours, " + e.getMessage()
                    + "; expected none, or one to go on with: choose another file", e);
            }
            LOG.warn("{}: begins anew: {}", journal, e.getMessage());
            return;
        }
        if (!kept.digest().equals(job.digest()) || kept.total() != job.batches()) {
            if (!work.statisticsOut().isEmpty()) {
                throw new IllegalArgumentException(journal + ": found statistics of another calibration, " + kept.digest()
                    + "; expected none, or those of this one to go on with: choose another file");
            }
            LOG.info("{}: is of another calibration; begins anew", journal);
            return;
        }
        if (kept.batches().containsAll(done.batches())) {
            done = kept;
            LOG.info("{}: goes on behind {} of {} batches", journal, done.batches().size(), done.total());
        } else if (new TreeSet<>(kept.batches()).removeAll(done.batches())) {
            LOG.info("{}: has batches that given statistics have too; begins anew", journal);
        } else {
            done = done.merge(kept, this::collector);
        }
    }

    private void runAll(ConcurrentLinkedQueue<Integer> left, Progress progress, Monitor monitor) throws IOException {
        monitor.begins("load models");
        int workers = Math.min(left.size(), Workers.of(work.workers(), job.pipeline(), runtime.device()));
        ExecutorService threads = Executors.newFixedThreadPool(workers, new Workers.Threads());
        AtomicBoolean failed = new AtomicBoolean();
        List<Future<?>> running = new ArrayList<>();
        try {
            for (int i = 0; i < workers; i++) {
                running.add(threads.submit(() -> {
                    try {
                        work(left, failed, progress, monitor);
                    } catch (Throwable e) {
                        failed.set(true);
                        throw e;
                    }
                    return null;
                }));
            }
            await(running);
        } finally {
            failed.set(true);   // the others stop at their next step
            threads.shutdown();
            Workers.join(threads);
        }
    }

    private void work(ConcurrentLinkedQueue<Integer> left, AtomicBoolean failed, Progress progress, Monitor monitor) throws IOException {
        runtime.run(THREADS, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                BatchRun<T> batches = new BatchRun<>(new RunningPipeline<>(job.pipeline(), context, monitor), job, monitor);
                for (Integer batch = left.poll(); batch != null && !failed.get(); batch = left.poll()) {
                    keep(batch, batches.observe(batch, call -> {
                        if (failed.get()) {
                            throw new CancellationException("another worker failed");
                        }
                        progress.step();
                    }));
                }
                return null;
            }
        });
    }

    private synchronized void keep(int batch, Map<Site, Statistics> seen) throws IOException {
        done = done.merge(new PartialStatistics(job.digest(), job.batches(), new TreeSet<>(List.of(batch)), seen), this::collector);
        StatisticsFile.write(journal, new StatisticsFile.Content(done, collectorNames));
    }

    private Collector collector(Site site) {
        return job.observed().sites().get(site).collector();
    }

    /** Waits for all; of what went wrong, throws what the others stopped for. */
    private static void await(List<Future<?>> running) throws IOException {
        Throwable cause = null;
        for (Future<?> one : running) {
            try {
                one.get();
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
    }

    /** Steps of all workers together. */
    private static final class Progress {
        private final Monitor monitor;
        private final long perBatch;
        private final long total;
        private final AtomicInteger steps;

        Progress(Monitor monitor, CalibrationJob job, int batches, int finished) {
            this.monitor = monitor;
            var first = job.batch(0);
            this.perBatch = job.pipeline().schedule(job.runs().steps(), first).calls();
            this.total = perBatch * batches;
            this.steps = new AtomicInteger(Math.toIntExact(perBatch * finished));
        }

        synchronized void step() {
            monitor.progress("calibrate", steps.incrementAndGet(), total, "step");
        }
    }
}
