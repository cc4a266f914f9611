package io.halftone.algorithm.smoothquant.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import io.halftone.quant.Granularity;
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
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmoothQuantAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 3, 2, false);
    private static final Layer.Conv CONV = new Layer.Conv("conv1", Role.CONVOLUTION, 1, 2, 1, 1, 0, false);
    private static final Set<Slot> BOTH = Set.of(Slot.INPUT, Slot.WEIGHT);
    private static final float[] WEIGHT = {0.5f, -1, 0.25f, -0.125f, 0.75f, 2};
    private static final float[] INPUT = {8, -0.5f, 2, 1, 0.25f, -1};

    private final SmoothQuantAlgorithm algorithm = new SmoothQuantAlgorithm();

    private record Result(LayerState state, float[] weight, float[] output) {}

    private static Planned planned(Layer layer, QuantFormat format, Set<Slot> slots) {
        return new Planned(layer, slots, "some", format, "smoothquant", "chosen");
    }

    private Result calibrate(double alpha, DType type) {
        return calibrate(Map.of("alpha", alpha), type, new Int8Format(), BOTH, INPUT);
    }

    private Result calibrate(Map<String, Double> options, DType type, QuantFormat format, Set<Slot> slots, float[] input) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T x = ops.constant(input, Shape.of(1, 2, 3), type);
                T w = ops.constant(WEIGHT, Shape.of(2, 3), DType.FLOAT32);
                var run = OneLayerRun.of(ops, planned(LINEAR, format, slots), algorithm, Map.of("max", new MaxCollector()), options, w,
                    Map.of(Slot.INPUT, List.of(x)));
                LayerState state = run.decide(algorithm);
                T y = algorithm.rewrite(LINEAR, state, format).linear(ops, LINEAR, x, ops.cast(run.weightTensor(), type));
                return new Result(state, run.weightValues(), ops.toFloats(y));
            }
        });
    }

    @Test
    void movesOutliersIntoTheWeight() {
        Result result = calibrate(0.5, DType.FLOAT32);
        assertArrayEquals(new float[] {0.25f, 1.41421356f, 1}, result.state().vectors().get(Smoothing.VECTOR), 1e-6f);
        assertArrayEquals(new float[] {2, -0.70710678f, 0.25f, -0.5f, 0.53033009f, 2}, result.weight(), 1e-6f);
        assertEquals(Map.of(Slot.INPUT, Range.of(2), Slot.WEIGHT, new Range(new float[] {2, 2}, 0)), result.state().ranges());
    }

    @Test
    void usesAlphaForTheLayersThatItSmoothsAlone() {
        assertEquals(Set.of("alpha"), algorithm.options(planned(LINEAR, new Int8Format(), BOTH)));
        assertEquals(Set.of(), algorithm.options(planned(CONV, new Int8Format(), BOTH)));
        assertEquals(Set.of(), algorithm.options(planned(LINEAR, new Int8Format(), Set.of(Slot.WEIGHT))));
    }

    @Test
    void theUsualAlphaIsFourFifths() {
        Result usual = calibrate(Map.of(), DType.FLOAT32, new Int8Format(), BOTH, INPUT);
        assertArrayEquals(calibrate(0.8, DType.FLOAT32).output(), usual.output());
    }

    @Test
    void saysHowRangesCameAbout() {
        LayerState state = calibrate(0.5, DType.FLOAT32).state();
        assertEquals("largest of a_j * s_j over 3 channels: 8.0 * 0.25 in channel 0; alpha 0.5"
            + "; a_j: largest magnitude of 1 calls in each of 3 channels: at most 8.0", state.origins().get(Slot.INPUT));
        assertEquals("the largest magnitude in each output channel of the weight, divided by s_j", state.origins().get(Slot.WEIGHT));
        assertEquals("smoothquant", state.algorithm());
        LayerState dead = calibrate(Map.of("alpha", 0.5), DType.FLOAT32, new Int8Format(), BOTH, new float[] {8, 0, 2, 1, 0, -1}).state();
        assertEquals("largest of a_j * s_j over 3 channels: 8.0 * 0.25 in channel 0; alpha 0.5; dead channels with factor 1: 1"
            + "; a_j: largest magnitude of 1 calls in each of 3 channels: at most 8.0", dead.origins().get(Slot.INPUT));
    }

    @Test
    void aLayerFromEndToEnd() {
        // with float32 throughout: input codes [[127, -84, 127], [16, 42, -64]], weight codes [[127, -24, 16], [-32, 18, 127]] and
        // scales 1.3195065 / 127, 3.0314 / 127; the exact product is [[5, 2.625], [0, -1.9375]]
        assertArrayEquals(new float[] {5.00295f, 2.61665f, 0, -1.95486f}, calibrate(0.8, DType.FLOAT32).output(), 0.003f);
    }

    @Test
    void bothSidesUseTheFactorThatFloat16Holds() {
        Result result = calibrate(0.8, DType.FLOAT16);
        float[] factors = result.state().vectors().get(Smoothing.VECTOR);
        assertArrayEquals(new float[] {0.1649169921875f, 1.7412109375f, 0.65966796875f}, factors);
        for (int i = 0; i < WEIGHT.length; i++) {
            // one rounding to float16: at most half a unit in 2^-10
            assertEquals(WEIGHT[i], result.weight()[i] * factors[i % 3], 0x1p-11 * Math.abs(WEIGHT[i]));
        }
        assertEquals(Range.of(8 * 0.1649169921875f), result.state().range(Slot.INPUT));
    }

    @Test
    void smoothsForAFormatWithOneScaleForTheWeight() {
        Result result = calibrate(Map.of("alpha", 0.5), DType.FLOAT32, new PerTensor(), BOTH, INPUT);
        assertEquals(Map.of(Slot.INPUT, Range.of(2), Slot.WEIGHT, Range.of(2)), result.state().ranges());
        // FP8 rounds a value by a 16th of it at most, and a row of the product sums magnitudes of up to 6
        assertArrayEquals(new float[] {5, 2.625f, 0, -1.9375f}, result.output(), 0.4f);
    }

    @Test
    void leavesALayerAsItIsWhereItsInputIsNotRounded() {
        assertEquals(Map.of(), algorithm.observations(planned(LINEAR, new Int8Format(), Set.of(Slot.WEIGHT))));
        Result result = calibrate(Map.of(), DType.FLOAT32, new Int8Format(), Set.of(Slot.WEIGHT), INPUT);
        assertArrayEquals(WEIGHT, result.weight());
        assertEquals(Map.of(), result.state().vectors());
        assertEquals(Map.of(Slot.WEIGHT, new Range(new float[] {1, 2}, 0)), result.state().ranges());
    }

    @Test
    void refusesASlotThatNothingObserves() {
        var e = assertThrows(CalibrationException.class,
            () -> calibrate(Map.of(), DType.FLOAT32, new Int8Format(), Set.of(Slot.INPUT, Slot.WEIGHT, Slot.OUTPUT), INPUT));
        assertEquals("block.to_q.output_quantizer: found a slot that nothing observes; expected input or weight", e.getMessage());
    }

    @Test
    void observesChannelsOfLinearLayersAlone() {
        assertEquals(Map.of(Slot.INPUT, new Observation("max", -1)), algorithm.observations(planned(LINEAR, new Int8Format(), BOTH)));
        assertEquals(Map.of(Slot.INPUT, Observation.perTensor("chosen")), algorithm.observations(planned(CONV, new Int8Format(), BOTH)));
        Layer attention = new Layer.Attention("attn", Role.ATTENTION, 1, 16, 0.25, false);
        Set<Slot> slots = Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX);
        assertEquals(Map.of(Slot.QUERY, Observation.perTensor("chosen"), Slot.KEY, Observation.perTensor("chosen"), Slot.VALUE,
            Observation.perTensor("chosen")), algorithm.observations(planned(attention, new PerTensor(), slots)));
    }

    @Test
    void convolutionsAreNotSmoothed() {
        LayerState state = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> LayerState with(EagerOps<T> ops) {
                T w = ops.constant(new float[] {2, -3}, Shape.of(2, 1, 1, 1), DType.FLOAT32);
                T x = ops.constant(new float[] {1, -5}, Shape.of(1, 1, 1, 2), DType.FLOAT32);
                return OneLayerRun.of(ops, planned(CONV, new Int8Format(), BOTH), algorithm, Map.of("chosen", new MaxCollector()),
                    Map.of(), w, Map.of(Slot.INPUT, List.of(x))).decide(algorithm);
            }
        });
        assertEquals(Map.of(), state.vectors());
        assertEquals(Map.of(Slot.INPUT, Range.of(5), Slot.WEIGHT, new Range(new float[] {2, 3}, 0)), state.ranges());
    }

    @Test
    void refusesAlphaOutOfRange() {
        var e = assertThrows(IllegalArgumentException.class, () -> calibrate(1.5, DType.FLOAT32));
        assertEquals("alpha: found 1.5; expected 0 to 1", e.getMessage());
    }

    /** 8-bit floats with one scale for each tensor. */
    private static final class PerTensor implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            T scale = ops.constant(range.scales(448)[0], ops.dtype(x));
            return ops.dequantize(ops.quantize(x, DType.FLOAT8_E4M3, scale, 0), scale, 0);
        }
    }
}
