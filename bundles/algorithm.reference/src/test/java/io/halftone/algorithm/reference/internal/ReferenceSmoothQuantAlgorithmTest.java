package io.halftone.algorithm.reference.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.algorithm.smoothquant.Smoothed;
import io.halftone.algorithm.smoothquant.Smoothing;
import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Figures of the worked cases were taken from the reference's own code, with float16 weights and inputs. */
class ReferenceSmoothQuantAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 3, 2, false);
    private static final float[] WEIGHT = {0.5f, -1, 0.25f, -0.125f, 0.75f, 2};
    private static final float[] INPUT = {8, -0.5f, 2, 1, 0.25f, -1};
    private static final float[] A = {8, 0.5f, 2};
    private static final float[] W = {0.5f, 1, 2};

    private final ReferenceSmoothQuantAlgorithm algorithm = new ReferenceSmoothQuantAlgorithm();

    private record Result(LayerState state, float[] weight, float[] smoothed, float[] output) {
        private float[] factors() {
            return state.vectors().get(Smoothing.VECTOR);
        }
    }

    private Result calibrate(Map<String, Double> options, float[] weight, float[] input) {
        return Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T x = ops.constant(input, Shape.of(1, 2, 3), DType.FLOAT16);
                T w = ops.constant(weight, Shape.of(2, 3), DType.FLOAT32);
                var run = OneLayerRun.of(ops, planned(new Int8Format()), algorithm, Map.of("max", new MaxCollector()), options, w,
                    Map.of(Slot.INPUT, List.of(x)));
                LayerState state = run.decide(algorithm);
                T changed = ops.cast(run.weightTensor(), DType.FLOAT16);
                T y = algorithm.rewrite(LINEAR, state, new Int8Format()).linear(ops, LINEAR, x, changed);
                T smoothed = new Smoothed(state.vectors().get(Smoothing.VECTOR), new Input()).linear(ops, LINEAR, x, changed);
                return new Result(state, run.weightValues(), ops.toFloats(smoothed), ops.toFloats(y));
            }
        });
    }

    private Result calibrate(double alpha) {
        return calibrate(Map.of("alpha", alpha), WEIGHT, INPUT);
    }

    private static Planned planned(QuantFormat format) {
        return new Planned(LINEAR, Set.of(Slot.INPUT, Slot.WEIGHT), "some", format, "reference-smoothquant", "chosen");
    }

    @Test
    void theWorkedCaseOfFourFifths() {
        Result result = calibrate(0.8);
        assertArrayEquals(new float[] {0.1649169921875f, 1.7412109375f, 0.65966796875f}, result.factors());
        assertArrayEquals(new float[] {3.03125f, -0.57421875f, 0.37890625f, -0.7578125f, 0.4306640625f, 3.03125f}, result.weight());
        assertEquals(Range.of(1.3193359375f), result.state().range(Slot.INPUT));
        assertEquals(new Range(new float[] {3.03125f, 3.03125f}, 0), result.state().range(Slot.WEIGHT));
    }

    @Test
    void usesAlphaWithAScaleForEachOutputChannelAlone() {
        assertEquals(Set.of("alpha"), algorithm.options(planned(new Int8Format())));
        assertEquals(Set.of(), algorithm.options(planned(new Recording())));
    }

    @Test
    void theWorkedCaseOfOneHalf() {
        Result result = calibrate(0.5);
        assertArrayEquals(new float[] {0.25f, 1.4140625f, 1}, result.factors());
        assertArrayEquals(new float[] {2, -0.70703125f, 0.25f, -0.5f, 0.5302734375f, 2}, result.weight());
        assertEquals(Range.of(2), result.state().range(Slot.INPUT));
        assertEquals(new Range(new float[] {2, 2}, 0), result.state().range(Slot.WEIGHT));
    }

    @Test
    void theUsualAlphaIsOneAndLooksAtTheInputAlone() {
        Result result = calibrate(Map.of(), WEIGHT, INPUT);
        assertArrayEquals(new float[] {0.125f, 2, 0.5f}, result.factors());
        assertArrayEquals(new float[] {4, -0.5f, 0.5f, -1, 0.375f, 4}, result.weight());
        assertEquals(Range.of(1), result.state().range(Slot.INPUT));
        assertEquals(new Range(new float[] {4, 4}, 0), result.state().range(Slot.WEIGHT));
        assertEquals("largest of a_j * s_j over 3 channels; held in FLOAT16; alpha 1.0"
            + "; a_j: largest magnitude of 1 calls in each of 3 channels: at most 8.0", result.state().origins().get(Slot.INPUT));
    }

    @Test
    void factorsInFloat32AreThoseOfTheReference() {
        // eight digits were noted down
        assertArrayEquals(new float[] {0.16494888f, 1.74110115f, 0.65960413f},
            ReferenceFactors.of("x", A, W, 0.8, DType.FLOAT16).factors(), 1e-8f);
        assertArrayEquals(new float[] {0.24997330f, 1.41421354f, 0.99989319f},
            ReferenceFactors.of("x", A, W, 0.5, DType.FLOAT16).factors(), 1e-8f);
        // in float32 throughout, the power of the weight shows in the fourth digit
        assertArrayEquals(new float[] {0.164938f, 1.741101f, 0.659754f},
            ReferenceFactors.of("x", A, W, 0.8, DType.FLOAT32).factors(), 1e-6f);
    }

    @Test
    void aLayerFromEndToEnd() {
        Result result = calibrate(0.8);
        assertArrayEquals(new float[] {1.3193359375f, -0.87060546875f, 1.3193359375f, 0.1649169921875f, 0.435302734375f, -0.65966796875f},
            result.smoothed());
        assertArrayEquals(new float[] {127, -24, 16, -32, 18, 127}, codes(result.weight(), 3.03125f / 127));
        assertArrayEquals(new float[] {127, -84, 127, 16, 42, -64}, codes(result.smoothed(), 1.3193359375f / 127));
        assertArrayEquals(new float[] {127, -84, 127, 16, 42, -63}, codes(result.smoothed(), 0.0103912353515625f));
        // with scales as float16 holds them; float16 products too: a unit of 2^-9 at 5, in each of 3 terms
        assertArrayEquals(new float[] {5.00358f, 2.61698f, 0.0039677f, -1.923613f}, result.output(), 0.006f);
    }

    private static float[] codes(float[] values, float scale) {
        float[] codes = new float[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (float) Math.rint(values[i] / scale);
        }
        return codes;
    }

    @Test
    void aChannelWithoutInputGetsTheLargestFactor() {
        // 10^4 in float16
        assertArrayEquals(new float[] {10000, 2, 0.5f}, calibrate(Map.of(), WEIGHT, new float[] {0, -0.5f, 2, 0, 0.25f, -1}).factors());
        assertArrayEquals(new float[] {1e4f}, ReferenceFactors.of("x", new float[] {0}, new float[] {0}, 1, DType.FLOAT16).factors());
    }

    @Test
    void factorsAreBounded() {
        assertArrayEquals(new float[] {1e4f, 1e-4f},
            ReferenceFactors.of("x", new float[] {1e-6f, 1e6f}, new float[] {1, 1}, 1, DType.BFLOAT16).factors());
    }

    @Test
    void stopsAtAWeightColumnOfZeros() {
        float[] weight = {0.5f, 0, 0.25f, -0.125f, 0, 2};
        var e = assertThrows(CalibrationException.class, () -> calibrate(Map.of("alpha", 0.8), weight, INPUT));
        assertEquals("block.to_q.input_quantizer: found factor 0.0 in channel 1, where the input is at most 0.5 and the weight 0.0; "
            + "expected over 2^-31, where the reference goes on, or algorithm smoothquant", e.getMessage());
        // with alpha 1 the weight does not count
        assertArrayEquals(new float[] {0.125f, 2, 0.5f}, calibrate(Map.of(), weight, INPUT).factors());
    }

    @Test
    void stopsAtZerosOnBothSides() {
        var e = assertThrows(CalibrationException.class,
            () -> calibrate(Map.of("alpha", 0.8), new float[] {0, 1, 1, 0, 1, 1}, new float[] {0, 1, 1, 0, 1, 1}));
        assertEquals("block.to_q.input_quantizer: found factor NaN in channel 0, where the input is at most 0.0 and the weight 0.0; "
            + "expected over 2^-31, where the reference goes on, or algorithm smoothquant", e.getMessage());
    }

    @Test
    void stopsWhereFloat16LosesThePowerOfTheWeight() {
        // with alpha 0 the power is the weight itself; the least that float16 holds is 6e-8
        assertThrows(CalibrationException.class,
            () -> ReferenceFactors.of("x", new float[] {1}, new float[] {2e-8f}, 0, DType.FLOAT16));
        assertEquals(1e-4f, ReferenceFactors.of("x", new float[] {1}, new float[] {2e-8f}, 0, DType.FLOAT32).factors()[0]);
    }

    @Test
    void thePowerOfTheWeightTakesItsExponentInTheComputeType() {
        // 0.2 is 0.2001953125 in bfloat16: 1e-3 to it is 0.250847, to 0.2 it is 0.251189; 0.25 and 0.251953 are next to each other
        assertEquals(0.25f, ReferenceFactors.of("x", new float[] {1}, new float[] {1e-3f}, 0.8, DType.BFLOAT16).factors()[0]);
    }

    @Test
    void stopsAtOneChannel() {
        Layer.Linear narrow = new Layer.Linear("block.to_q", Role.QKV, 1, 2, false);
        var e = assertThrows(CalibrationException.class, () -> Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> LayerState with(EagerOps<T> ops) {
                T x = ops.constant(new float[] {1, 2}, Shape.of(1, 2, 1), DType.FLOAT16);
                T w = ops.constant(new float[] {1, 2}, Shape.of(2, 1), DType.FLOAT32);
                var planned = new Planned(narrow, Set.of(Slot.INPUT, Slot.WEIGHT), "some", new Int8Format(), "some", "chosen");
                return OneLayerRun.of(ops, planned, algorithm, Map.of("max", new MaxCollector()), Map.of(), w,
                    Map.of(Slot.INPUT, List.of(x)))
                    .decide(algorithm);
            }
        }));
        assertEquals("block.to_q.input_quantizer: found one channel; expected more, where the reference goes on, or algorithm smoothquant",
            e.getMessage());
    }

    @Test
    void smoothsWhereWeightsHaveAScaleForEachChannelAlone() {
        assertEquals(Map.of(Slot.INPUT, new Observation("max", -1)), algorithm.observations(planned(new Int8Format())));
        assertEquals(Map.of(Slot.INPUT, Observation.perTensor("chosen")), algorithm.observations(planned(new Recording())));
    }

    @Test
    void refusesAlphaOutOfRange() {
        var e = assertThrows(IllegalArgumentException.class, () -> algorithm.check(Map.of("alpha", "1.01")));
        assertEquals("alpha: found 1.01; expected 0 to 1", e.getMessage());
    }

    /** Gives the input on. */
    private static final class Input implements LayerRewrite {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T weight) {
            return x;
        }
    }
}
