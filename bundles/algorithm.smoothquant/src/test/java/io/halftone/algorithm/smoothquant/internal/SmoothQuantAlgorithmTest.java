package io.halftone.algorithm.smoothquant.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmoothQuantAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 3, 2, false);
    private static final float[] WEIGHT = {0.5f, -1, 0.25f, -0.125f, 0.75f, 2};
    private static final float[] INPUT = {8, -0.5f, 2, 1, 0.25f, -1};

    private final SmoothQuantAlgorithm algorithm = new SmoothQuantAlgorithm();

    private record Result(LayerState state, float[] weight, float[] output) {}

    private Result calibrate(double alpha, DType type) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T x = ops.constant(INPUT, Shape.of(1, 2, 3), type);
                T w = ops.constant(WEIGHT, Shape.of(2, 3), DType.FLOAT32);
                var run = new OneLayerRun<>(ops, LINEAR, new Int8Format(), Map.of("max", new MaxCollector(), "chosen", new MaxCollector()),
                    Map.of("alpha", alpha), w, List.of(x));
                LayerState state = algorithm.calibrate(run).get(0);
                T smoothed = ops.constant(run.weight(), Shape.of(2, 3), type);
                T y = algorithm.rewrite(LINEAR, state, new Int8Format()).linear(ops, LINEAR, x, smoothed);
                return new Result(state, run.weight(), ops.toFloats(y));
            }
        });
    }

    @Test
    void movesOutliersIntoTheWeight() {
        Result result = calibrate(0.5, DType.FLOAT32);
        assertArrayEquals(new float[] {0.25f, 1.41421356f, 1}, result.state().vectors().get("input_quantizer._pre_quant_scale"), 1e-6f);
        assertArrayEquals(new float[] {2, -0.70710678f, 0.25f, -0.5f, 0.53033009f, 2}, result.weight(), 1e-6f);
        assertEquals(Range.of(2), result.state().range(Slot.INPUT));
        assertEquals(new Range(new float[] {2, 2}, 0), result.state().range(Slot.WEIGHT));
    }

    @Test
    void aLayerFromEndToEnd() {
        // the quantization of this layer by hand gives [[5.00295, 2.61665], [0, -1.95486]] from a float16 weight; the exact product is [[5, 2.625], [0, -1.9375]]
        assertArrayEquals(new float[] {5.00295f, 2.61665f, 0, -1.95486f}, calibrate(0.8, DType.FLOAT32).output(), 0.003f);
    }

    @Test
    void bothSidesUseTheFactorThatFloat16Holds() {
        Result result = calibrate(0.8, DType.FLOAT16);
        float[] factors = result.state().vectors().get("input_quantizer._pre_quant_scale");
        assertArrayEquals(new float[] {0.1649169921875f, 1.7412109375f, 0.65966796875f}, factors, 2e-4f);
        for (int i = 0; i < WEIGHT.length; i++) {
            assertEquals(WEIGHT[i], result.weight()[i] * factors[i % 3], 1e-3 * Math.abs(WEIGHT[i]));
        }
    }

    @Test
    void convolutionsAreNotSmoothed() {
        Layer.Conv conv = new Layer.Conv("conv1", Role.CONVOLUTION, 1, 2, 1, 1, 0, false);
        LayerState state = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> LayerState with(EagerOps<T> ops) {
                T w = ops.constant(new float[] {2, -3}, Shape.of(2, 1, 1, 1), DType.FLOAT32);
                T x = ops.constant(new float[] {1, -5}, Shape.of(1, 1, 1, 2), DType.FLOAT32);
                return algorithm.calibrate(new OneLayerRun<>(ops, conv, new Int8Format(), Map.of("max", new MaxCollector(), "chosen",
                    new MaxCollector()), Map.of(), w, List.of(x))).get(0);
            }
        });
        assertNull(state.vectors().get("input_quantizer._pre_quant_scale"));
        assertEquals(Range.of(5), state.range(Slot.INPUT));
        assertEquals(new Range(new float[] {2, 3}, 0), state.range(Slot.WEIGHT));
    }

    @Test
    void refusesAlphaOutOfRange() {
        var e = assertThrows(IllegalArgumentException.class, () -> calibrate(1.5, DType.FLOAT32));
        assertEquals("alpha: found 1.5; expected 0 to 1", e.getMessage());
    }
}
