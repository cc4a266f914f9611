package io.halftone.algorithm.svdquant.internal;

import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Granularity;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** A linear layer without bias of which a few input channels are far larger than the others, as those of diffusion transformers are. */
record OutlierLayer(Layer.Linear layer, float[] input, float[] weight) {
    private static final int TOKENS = 64;
    private static final int EVERY = 24;
    private static final float OUTLIER = 60;

    /** What an algorithm makes of the layer. */
    record Result(LayerState state, Map<String, float[]> parameters, float[] weight, float[] output) {}

    static OutlierLayer of(int out, int in) {
        Random random = new Random(11);
        float[] input = new float[TOKENS * in];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) random.nextGaussian() * (i % in % EVERY == 5 ? OUTLIER : 1);
        }
        float[] weight = new float[out * in];
        for (int i = 0; i < weight.length; i++) {
            weight[i] = (float) random.nextGaussian() / 16;
        }
        return new OutlierLayer(new Layer.Linear("block.to_q", Role.QKV, in, out, false), input, weight);
    }

    Result run(Algorithm algorithm, QuantFormat format, Map<String, Double> options, Set<Slot> slots, DType type) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T x = ops.constant(input, Shape.of(1, TOKENS, layer.in()), type);
                T w = ops.constant(weight, layer.weightShape(), DType.FLOAT32);
                var planned = new Planned(layer, slots, "some", format, "some", "max");
                var run = OneLayerRun.of(ops, planned, algorithm, Map.of("max", new MaxCollector()), options, w,
                    Map.of(Slot.INPUT, List.of(x)));
                LayerState state = run.decide(algorithm);
                T y = algorithm.rewrite(layer, state, format).linear(new WithParameters<>(ops, run.parameters()), layer, x,
                    ops.cast(run.weightTensor(), type));
                Map<String, float[]> parameters = run.parameters().entrySet().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> ops.toFloats(e.getValue())));
                return new Result(state, parameters, run.weightValues(), ops.toFloats(y));
            }
        });
    }

    /** The mean square of the output's error, as a part of the output's. */
    double error(Algorithm algorithm, QuantFormat format, Map<String, Double> options) {
        float[] y = run(algorithm, format, options, Set.of(Slot.INPUT, Slot.WEIGHT), DType.FLOAT32).output();
        float[] exact = exact();
        double error = 0;
        double signal = 0;
        for (int i = 0; i < y.length; i++) {
            error += Math.pow(y[i] - exact[i], 2);
            signal += Math.pow(exact[i], 2);
        }
        return error / signal;
    }

    float[] exact() {
        int in = (int) layer.in();
        int out = (int) layer.out();
        float[] y = new float[TOKENS * out];
        for (int i = 0; i < y.length; i++) {
            double sum = 0;
            for (int j = 0; j < in; j++) {
                sum += (double) input[i / out * in + j] * weight[i % out * in + j];
            }
            y[i] = (float) sum;
        }
        return y;
    }

    /** Operations over the parameters that an algorithm added. */
    private static final class WithParameters<T> extends ForwardingOps<T> {
        private final Map<String, T> parameters;

        WithParameters(Ops<T> target, Map<String, T> parameters) {
            super(target);
            this.parameters = parameters;
        }

        @Override
        public T parameter(String name, Shape shape) {
            T found = parameters.get(name.substring("block.to_q.".length()));
            if (!shape(found).equals(shape)) {
                throw new IllegalArgumentException(name + ": found " + shape(found) + "; expected " + shape);
            }
            return found;
        }
    }

    /** NVFP4: 4-bit floats in blocks of 16, with 8-bit scales. */
    static final class Fp4 implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_BLOCK);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            T scale = ops.constant(range.scales(6 * 448)[0], DType.FLOAT32);
            return ops.roundBlocks(x, new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3), scale);
        }
    }
}
