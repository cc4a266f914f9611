package io.halftone.algorithm.svdquant.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.algorithm.max.internal.MaxAlgorithm;
import io.halftone.algorithm.smoothquant.Smoothing;
import io.halftone.algorithm.smoothquant.internal.SmoothQuantAlgorithm;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SvdQuantAlgorithmTest {
    private static final Set<Slot> BOTH = Set.of(Slot.INPUT, Slot.WEIGHT);
    private static final String LORA_A = "weight_quantizer.svdquant_lora_a";
    private static final String LORA_B = "weight_quantizer.svdquant_lora_b";
    private static final int OUT = 128;
    private static final int IN = 192;

    private final SvdQuantAlgorithm algorithm = new SvdQuantAlgorithm();
    private final OutlierLayer layer = OutlierLayer.of(OUT, IN);

    private OutlierLayer.Result run(QuantFormat format, Map<String, Double> options, Set<Slot> slots) {
        return layer.run(algorithm, format, options, slots, DType.FLOAT32);
    }

    @Test
    void smoothingBeatsPlainRangesAtInt8() {
        double max = layer.error(new MaxAlgorithm(), new Int8Format(), Map.of());
        double smooth = layer.error(new SmoothQuantAlgorithm(), new Int8Format(), Map.of());
        assertTrue(smooth < max / 5, smooth + " of " + max);
    }

    @Test
    void beatsBothOthersAtFourBits() {
        double max = layer.error(new MaxAlgorithm(), new OutlierLayer.Fp4(), Map.of());
        // with the alpha that serves SmoothQuant best here
        double smooth = layer.error(new SmoothQuantAlgorithm(), new OutlierLayer.Fp4(), Map.of("alpha", 0.5));
        double svd = layer.error(algorithm, new OutlierLayer.Fp4(), Map.of("rank", 16.0));
        assertTrue(svd < smooth / 5, svd + " of " + smooth);
        assertTrue(svd < max / 20, svd + " of " + max);
    }

    @Test
    void usesAlphaForInputsAndTheRankForWeightsOfLinearLayers() {
        Layer linear = new Layer.Linear("to_q", Role.QKV, IN, OUT, false);
        Layer conv = new Layer.Conv("conv1", Role.CONVOLUTION, IN, OUT, 1, 1, 0, false);
        assertEquals(Set.of("alpha", "rank"), algorithm.options(planned(linear, BOTH)));
        assertEquals(Set.of("rank"), algorithm.options(planned(linear, Set.of(Slot.WEIGHT))));
        assertEquals(Set.of("alpha"), algorithm.options(planned(linear, Set.of(Slot.INPUT))));
        assertEquals(Set.of(), algorithm.options(planned(conv, BOTH)));
    }

    @Test
    void theProductOfTheFactorsHasTheShapeOfTheWeight() {
        OutlierLayer.Result result = run(new Int8Format(), Map.of("rank", 16.0), BOTH);
        assertEquals(Set.of(LORA_A, LORA_B), result.parameters().keySet());
        assertEquals(16 * IN, result.parameters().get(LORA_A).length);
        assertEquals(OUT * 16, result.parameters().get(LORA_B).length);
        assertEquals(List.of(LORA_A, LORA_B), result.state().parameters());
    }

    @Test
    void withoutRoundingTheLayerIsTheSame() {
        float[] y = run(new Exact(), Map.of(), BOTH).output();
        // float32 through products of three matrices: values of up to 300, sums of 192
        assertArrayEquals(layer.exact(), y, 1e-3f);
    }

    @Test
    void theRestMakesUpForWhatTheComputeTypeTakesFromTheFactors() {
        var half = layer.run(algorithm, new Exact(), Map.of("rank", 16.0), BOTH, DType.FLOAT16);
        float[] factors = half.state().vectors().get(Smoothing.VECTOR);
        float[] a = half.parameters().get(LORA_A);
        float[] b = half.parameters().get(LORA_B);
        for (int i = 0; i < layer.weight().length; i++) {
            double product = 0;
            for (int r = 0; r < 16; r++) {
                product += (double) b[i / IN * 16 + r] * a[r * IN + i % IN];
            }
            double smoothed = layer.weight()[i] / (double) factors[i % IN];
            double rest = smoothed - product;
            // one rounding of the rest to float16, and float32 in the product
            assertEquals(rest, half.weight()[i], Math.abs(rest) * 0x1p-11 + Math.abs(smoothed) * 1e-5 + 1e-6);
        }
    }

    @Test
    void isTheSameToTheBitEachTime() {
        OutlierLayer.Result once = run(new Int8Format(), Map.of(), BOTH);
        OutlierLayer.Result again = run(new Int8Format(), Map.of(), BOTH);
        assertArrayEquals(once.weight(), again.weight());
        assertArrayEquals(once.parameters().get(LORA_A), again.parameters().get(LORA_A));
        assertArrayEquals(once.parameters().get(LORA_B), again.parameters().get(LORA_B));
        assertArrayEquals(once.output(), again.output());
    }

    @Test
    void saysHowRangesCameAbout() {
        Map<Slot, String> origins = run(new Int8Format(), Map.of(), BOTH).state().origins();
        assertEquals("the largest magnitude in each output channel of the weight, divided by s_j, less its part of rank 32",
            origins.get(Slot.WEIGHT));
        String input = origins.get(Slot.INPUT);
        assertTrue(input.startsWith("largest of a_j * s_j over 192 channels: ")
            && input.contains("; alpha 0.5; a_j: largest magnitude of 1 calls in each of 192 channels: at most "), input);
    }

    @Test
    void aWeightNotLargerThanTheRankIsSmoothedAlone() {
        var same = new OutlierLayer(new Layer.Linear("block.to_q", Role.QKV, IN, 32, false), layer.input(),
            OutlierLayer.of(32, IN).weight());
        OutlierLayer.Result result = same.run(algorithm, new Int8Format(), Map.of(), BOTH, DType.FLOAT32);
        OutlierLayer.Result smooth = same.run(new SmoothQuantAlgorithm(), new Int8Format(), Map.of("alpha", 0.5), BOTH, DType.FLOAT32);
        assertEquals(List.of(), result.state().parameters());
        assertEquals(smooth.state().origins().get(Slot.WEIGHT) + "; not split: rank 32, smaller side 32",
            result.state().origins().get(Slot.WEIGHT));
        assertArrayEquals(smooth.weight(), result.weight());
        assertArrayEquals(smooth.output(), result.output());
        assertFalse(same.run(algorithm, new Int8Format(), Map.of("rank", 31.0), BOTH, DType.FLOAT32).state().parameters().isEmpty());
    }

    @Test
    void aWeightIsTakenApartWithoutSmoothingWhereTheInputIsNotRounded() {
        OutlierLayer.Result result = run(new Int8Format(), Map.of(), Set.of(Slot.WEIGHT));
        assertEquals(Set.of(Slot.WEIGHT), result.state().ranges().keySet());
        assertFalse(result.state().vectors().containsKey(Smoothing.VECTOR));
        assertEquals(List.of(LORA_A, LORA_B), result.state().parameters());
        float max = 0;
        for (float w : layer.weight()) {
            max = Math.max(max, Math.abs(w));
        }
        assertTrue(result.state().range(Slot.WEIGHT).max() < max, "the rest is smaller than the weight");
    }

    @Test
    void saysThatNothingIsSplitWhereTheRankIsTooLarge() {
        OutlierLayer.Result result = run(new Int8Format(), Map.of("rank", 1000.0), Set.of(Slot.WEIGHT));
        assertEquals(List.of(), result.state().parameters());
        assertEquals("the largest magnitude in each output channel of the weight; not split: rank 1000, smaller side 128",
            result.state().origins().get(Slot.WEIGHT));
        assertArrayEquals(layer.weight(), result.weight());
    }

    @Test
    void convolutionsAndAttentionsKeepTheirRanges() {
        Layer conv = new Layer.Conv("conv1", Role.CONVOLUTION, 64, 64, 3, 1, 1, true);
        assertEquals(Map.of(Slot.INPUT, Observation.perTensor("chosen")), algorithm.observations(planned(conv, BOTH)));
        Layer attention = new Layer.Attention("attn", Role.ATTENTION, 1, 16, 0.25, false);
        assertEquals(Map.of(Slot.KEY, Observation.perTensor("chosen")),
            algorithm.observations(planned(attention, Set.of(Slot.KEY, Slot.SOFTMAX))));
        assertEquals(Map.of(Slot.INPUT, new Observation("max", -1)), algorithm.observations(planned(layer.layer(), BOTH)));
    }

    private static Planned planned(Layer layer, Set<Slot> slots) {
        return new Planned(layer, slots, "some", new Exact(), "svdquant", "chosen");
    }

    @Test
    void refusesARankThatIsNone() {
        algorithm.check(Map.of("rank", "64", "alpha", "0.3"));
        for (String rank : new String[] {"0", "2.5", "NaN", "1025", "many"}) {
            var e = assertThrows(IllegalArgumentException.class, () -> algorithm.check(Map.of("rank", rank)));
            assertEquals("rank: found " + rank + "; expected a whole number, 1 to 1024", e.getMessage());
        }
        var e = assertThrows(IllegalArgumentException.class, () -> algorithm.check(Map.of("alpha", "2")));
        assertEquals("alpha: found 2; expected 0 to 1", e.getMessage());
    }

    /** A format that rounds nothing. */
    private static final class Exact implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return x;
        }
    }
}
