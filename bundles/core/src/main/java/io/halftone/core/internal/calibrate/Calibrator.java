package io.halftone.core.internal.calibrate;

import io.halftone.api.CalibrationWork;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Intake;
import io.halftone.core.internal.distribute.Tally;
import io.halftone.core.internal.job.Monitor;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the batches of a calibration run, here or elsewhere, and merges what they show. Each batch computes with one thread whatever
 * their number, so that the bits are the same. What is done is saved after every batch, so that a killed run goes on from there.
 */
public final class Calibrator {
    /** That one operation computes with: the bits of the statistics depend on it. */
    static final int THREADS = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Calibrator.class);

    private final CalibrationJob job;
    private final CalibrationWork work;
    private final Crew crew;
    private final Describer description;
    private final Path journal;
    private final Map<Site, String> collectorNames = new LinkedHashMap<>();
    private PartialStatistics done;
    private int ran;

    /** Describes work for others; may load libraries. */
    @FunctionalInterface
    interface Describer {
        Work describe() throws IOException;
    }

    /**
     * @param description says for others what the batches are of
     * @param journal     file that statistics are saved in after every batch, and taken up from
     */
    Calibrator(CalibrationJob job, CalibrationWork work, Crew crew, Describer description, Path journal) {
        this.job = job;
        this.work = work;
        this.crew = crew;
        this.description = description;
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
        List<Unit> left = new ArrayList<>();
        int calls = 0;
        for (int i = 0; i < job.batches(); i++) {
            if (i % work.slices() == work.slice() - 1) {
                calls++;
                if (!done.batches().contains(i)) {
                    left.add(new Unit(i, ""));
                }
            }
        }
        ran = left.size();
        if (!left.isEmpty()) {
            runAll(left, new Tally(monitor, "calibrate", "step", calls - left.size(), calls), monitor);
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

    private void runAll(List<Unit> left, Tally tally, Monitor monitor) throws IOException {
        monitor.begins("load models");
        Gathered gathered = new Gathered(done, job.observed().sites().keySet(), this::collector);
        try (OpenWork here = new OpenCalibration(job, crew, monitor); Journal kept = new Journal(journal, collectorNames, gathered::statistics);
             Intake results = new Intake(journal.toAbsolutePath().getParent(), Intake.usualBound(), 1, new Merging(gathered, kept));
             WorkSession session = crew.distributor().begin(description.describe(), here)) {
            session.run(left, new Kept(results, tally, monitor));
            results.finish();
        }
        done = gathered.statistics();
    }

    private Collector collector(Site site) {
        return job.observed().sites().get(site).collector();
    }

    /** Merges one batch at a time: no more than one is read. */
    record Merging(Gathered gathered, Journal journal) implements Intake.Taker {
        @Override
        public void check(int batch, byte[] result) {
            gathered.check(batch, StatisticsBytes.sites(result));
        }

        @Override
        public void take(int batch, byte[] result) throws IOException {
            if (gathered.add(batch, StatisticsBytes.read(result))) {
                journal.changed();
            }
        }
    }

    /** Where batches that were run go. */
    private record Kept(Intake results, Tally tally, Monitor monitor) implements ResultSink {
        @Override
        public boolean accept(int unit, byte[] result) throws IOException {
            return results.add(unit, result);
        }

        @Override
        public void progress(int unit, int calls, int total) {
            tally.progress(unit, calls, total);
        }

        @Override
        public void check() {
            monitor.check();
            results.check();
        }
    }
}
