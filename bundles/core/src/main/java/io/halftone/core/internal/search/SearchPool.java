package io.halftone.core.internal.search;

import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Has measurements of a subject taken, here or elsewhere. What workers have loaded stays until this is closed. */
final class SearchPool implements AutoCloseable {
    private final Subject subject;
    private final List<Candidate> candidates;
    private final Map<Candidate, Integer> numbers = new HashMap<>();
    private final Monitor monitor;
    private final OpenWork here;
    private final WorkSession session;
    private int units;

    /** Describes a subject for others; may load libraries. */
    @FunctionalInterface
    interface Describer {
        Work describe(Subject subject) throws IOException;
    }

    SearchPool(Subject subject, List<Candidate> candidates, Crew crew, Describer describer, Monitor monitor) throws IOException {
        this.subject = subject;
        this.candidates = List.copyOf(candidates);
        this.candidates.forEach(candidate -> numbers.put(candidate, numbers.size()));
        this.monitor = monitor;
        this.here = new OpenSearch(subject, candidates, crew, monitor);
        this.session = crew.distributor().begin(describer.describe(subject), here);
    }

    Subject subject() {
        return subject;
    }

    /** Has full precision computed, as far as it is known beforehand who needs it. */
    void reference() throws IOException {
        take("full precision", IntStream.range(0, subject.batches().size())
            .mapToObj(batch -> new Measurement(Measurement.Kind.REFERENCE, batch, List.of())).toList());
    }

    /** The multiplications of each layer in one call of the backbone on the first batch, by name. */
    Map<String, Long> counts() throws IOException {
        return Measurement.counts(take("count", List.of(new Measurement(Measurement.Kind.COUNT, 0, List.of()))).get(0));
    }

    /** The squared relative errors of every picture, of each candidate where nothing else is quantized. */
    List<List<Double>> errors() throws IOException {
        List<Measurement> all = IntStream.range(0, candidates.size())
            .mapToObj(candidate -> new Measurement(Measurement.Kind.ERRORS, 0, List.of(candidate))).toList();
        return take("measure", all).stream().map(result -> Measurement.numbers(result, pictures())).toList();
    }

    private int pictures() {
        return subject.batches().stream().mapToInt(batch -> batch.size()).sum();
    }

    /** PSNR against full precision, in dB: of each mix, one for each prompt. */
    List<List<Double>> psnr(List<? extends Collection<Candidate>> mixes) throws IOException {
        List<Measurement> all = new ArrayList<>();
        for (Collection<Candidate> mix : mixes) {
            List<Integer> its = mix.stream().map(numbers::get).sorted().toList();
            for (int batch = 0; batch < subject.batches().size(); batch++) {
                all.add(new Measurement(Measurement.Kind.PSNR, batch, its));
            }
        }
        List<byte[]> results = take("judge", all);
        List<List<Double>> psnr = new ArrayList<>();
        for (int mix = 0; mix < mixes.size(); mix++) {
            List<Double> its = new ArrayList<>();
            for (int batch = 0; batch < subject.batches().size(); batch++) {
                its.addAll(Measurement.numbers(results.get(mix * subject.batches().size() + batch), subject.batches().get(batch).size()));
            }
            psnr.add(its);
        }
        return psnr;
    }

    /** Takes measurements; their results, in this order. */
    private List<byte[]> take(String stage, List<Measurement> measurements) throws IOException {
        Results results = new Results(stage, units, measurements);
        List<Unit> its = new ArrayList<>();
        for (Measurement measurement : measurements) {
            its.add(new Unit(units++, measurement.text()));
        }
        session.run(its, results);
        return results.all();
    }

    /** Refuses what is no result of that measurement. */
    private void check(Measurement what, byte[] result) {
        switch (what.kind()) {
            case REFERENCE -> Measurement.numbers(result, 0);
            case COUNT -> Measurement.counts(result);
            case ERRORS -> Measurement.numbers(result, pictures());
            case PSNR -> Measurement.numbers(result, subject.batches().get(what.batch()).size());
            default -> throw new IllegalStateException(what.kind().name());
        }
    }

    @Override
    public void close() throws IOException {
        try (here) {
            session.close();
        }
    }

    /** Results of one stage, by their units. */
    private final class Results implements ResultSink {
        private final String stage;
        private final int first;
        private final List<Measurement> measurements;
        private final byte[][] results;
        private int done;

        Results(String stage, int first, List<Measurement> measurements) {
            this.stage = stage;
            this.first = first;
            this.measurements = measurements;
            this.results = new byte[measurements.size()][];
        }

        @Override
        public synchronized boolean accept(int unit, byte[] result) {
            int index = unit - first;
            if (index < 0 || index >= results.length || results[index] != null) {
                return false;
            }
            SearchPool.this.check(measurements.get(index), result);
            results[index] = result.clone();
            done++;
            monitor.progress(stage, done, results.length, "run");
            return true;
        }

        @Override
        public void progress(int unit, int calls, int total) {
            check();
        }

        @Override
        public void check() {
            monitor.check();
        }

        private synchronized List<byte[]> all() {
            return Arrays.asList(results);
        }
    }
}
