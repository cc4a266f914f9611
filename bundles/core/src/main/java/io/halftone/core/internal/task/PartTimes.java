package io.halftone.core.internal.task;

import io.halftone.api.BenchmarkResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long the parts of a pipeline took in several runs. */
final class PartTimes {
    private static final double NANOS_PER_MILLI = 1e6;

    /** A part, in the order in which they run. */
    enum Part {
        ENCODERS("text encoders"), BACKBONE("backbone step"), STEP("denoising step"), STEPS("all steps"), VAE("VAE"), WHOLE("end to end");

        private final String title;

        Part(String title) {
            this.title = title;
        }
    }

    private final Map<Part, List<Double>> millis = new EnumMap<>(Part.class);

    /** A part took that long. */
    void add(Part part, long nanos) {
        millis.computeIfAbsent(part, absent -> new ArrayList<>()).add(nanos / NANOS_PER_MILLI);
    }

    /** Forgets the runs so far: they warmed up. */
    void clear() {
        millis.clear();
    }

    /** The figures of each part that was timed. */
    List<BenchmarkResult.Part> figures() {
        List<BenchmarkResult.Part> figures = new ArrayList<>();
        millis.forEach((part, times) -> {
            List<Double> sorted = times.stream().sorted().toList();
            figures.add(new BenchmarkResult.Part(part.title, sorted.size(), Timings.percentile(sorted, 50), Timings.percentile(sorted, 95)));
        });
        return figures;
    }
}
