package io.halftone.core.internal.bench;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Layer;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.Collector;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What observing costs: the denoising loop of the tiny SDXL with max observers on every site of level 3 against the plain loop, and the linear layers of
 * one transformer block of SDXL's size (batch 2, 1024 tokens, 1280 wide) with and without. Both run in turn on one thread; medians of the ratios.
 */
public final class CalibrationOverhead {
    private static final int RUNS = 7;

    private CalibrationOverhead() {}

    /** Prints both ratios. */
    public static void main(String[] args) throws Exception {
        System.out.printf("tiny SDXL, 20 steps of 4 prompts: %s%n", loop());
        System.out.printf("one transformer block of SDXL's size, float32: %s%n", block(DType.FLOAT32));
        System.exit(0);
    }

    private static String loop() throws Exception {
        Path scratch = Files.createTempDirectory("halftone-overhead");
        QuantSettings every = new QuantSettings("int8", new QuantLevel("3"), "standard", "max", Map.of(), "max", 1, List.of());
        // the same loop, files and threads with a single site observed: as good as none
        QuantSettings one = every.with(QuantSettings.RULES_ALONE, List.of(new PlanRule("mid_block.attentions.0.proj_in", "", true, "", "", "")));
        List<Double> ratios = new ArrayList<>();
        for (int run = -1; run < RUNS; run++) {
            long begin = System.nanoTime();
            observe(scratch, one, run);
            long middle = System.nanoTime();
            observe(scratch, every, run);
            if (run >= 0) {
                ratios.add((double) (System.nanoTime() - middle) / (middle - begin));
            }
        }
        return summary(ratios);
    }

    private static void observe(Path scratch, QuantSettings settings, int run) throws Exception {
        Path statistics = Files.createTempFile(scratch, "statistics", "");
        Files.delete(statistics);
        Chain.halftone().quantize(new QuantizeRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), settings, CalibrationSettings.of(4, 20, run),
            new CalibrationWork(1, 1, 1, statistics.toString(), List.of()), 1, CheckpointTarget.none(), "", Map.of()), ProgressListener.NONE).await();
    }

    private static String block(DType type) throws Exception {
        return Chain.RUNTIME.run(1, new EagerRuntime.Task<String>() {
            @Override
            public <T> String run(EagerRuntime.Context<T> context) {
                EagerOps<T> ops = context.ops(new NoWeights(), type);
                return measure(ops, type);
            }
        });
    }

    /** Ten linear layers with the widths of self-attention, cross-attention and the gated feed-forward. */
    private static <T> String measure(EagerOps<T> ops, DType type) {
        long[][] widths = {{1280, 1280}, {1280, 1280}, {1280, 1280}, {1280, 1280}, {1280, 1280}, {1280, 1280}, {1280, 10240}, {5120, 1280}};
        List<T> weights = new ArrayList<>();
        List<T> inputs = new ArrayList<>();
        List<Collector.Fold<T>> folds = new ArrayList<>();
        Random random = new Random(1);
        for (long[] width : widths) {
            weights.add(ops.cast(random(ops, random, width[1], width[0]), type));
            inputs.add(ops.cast(random(ops, random, 2 * 1024, width[0]), type));
            folds.add(new MaxCollector().fold(ops, new Collector.Request(Collector.Request.NO_AXIS, 1, 1), 0));
        }
        List<Double> ratios = new ArrayList<>();
        for (int run = -1; run < RUNS; run++) {
            long begin = System.nanoTime();
            pass(ops, weights, inputs, null);
            long middle = System.nanoTime();
            pass(ops, weights, inputs, folds);
            if (run >= 0) {
                ratios.add((double) (System.nanoTime() - middle) / (middle - begin));
            }
        }
        return summary(ratios);
    }

    private static <T> void pass(EagerOps<T> ops, List<T> weights, List<T> inputs, List<Collector.Fold<T>> folds) {
        for (int i = 0; i < weights.size(); i++) {
            int layer = i;
            ops.region("", () -> {
                if (folds != null) {
                    folds.get(layer).accept(inputs.get(layer), 0);
                }
                ops.linear(inputs.get(layer), weights.get(layer));
                return List.of();
            });
        }
    }

    private static <T> T random(EagerOps<T> ops, Random random, long rows, long columns) {
        float[] values = new float[Math.toIntExact(rows * columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return ops.load(TensorView.ofFloats(values, rows, columns));
    }

    private static String summary(List<Double> ratios) {
        Collections.sort(ratios);
        return String.format(Locale.ROOT, "%.3f times the plain one (median of %d; %.3f to %.3f)", ratios.get(ratios.size() / 2), ratios.size(),
            ratios.get(0), ratios.get(ratios.size() - 1));
    }

    /** Nothing is asked for. */
    private static final class NoWeights implements Parameters {
        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public Info info(String name) {
            throw new UnsupportedOperationException(name);
        }

        @Override
        public TensorView read(String name) {
            throw new UnsupportedOperationException(name);
        }
    }
}
