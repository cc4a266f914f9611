package io.halftone.checkpoint.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.checkpoint.Samples;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeightCodesTest {
    private static final Layer.Linear LINEAR = Samples.linear("l", 4, 2);
    private static final Map<Slot, Range> RANGES = Map.of(Slot.INPUT, Range.of(3), Slot.WEIGHT, new Range(new float[] {1, 2}, 0));

    private static WeightCodes of(LayerRewrite rewrite) {
        return WeightCodes.of(LINEAR, rewrite, DType.FLOAT16);
    }

    private static <T> T round(Ops<T> ops, T x, Slot slot) {
        return Samples.INT8.roundTrip(ops, x, RANGES.get(slot));
    }

    @Test
    void scalesAreThoseOfTheComputeType() {
        WeightCodes found = of(new Rounded(Samples.INT8, RANGES));
        Encoding.Scaled weight = (Encoding.Scaled) found.weight().orElseThrow();
        assertEquals(DType.INT8, weight.type());
        assertEquals(0, weight.axis());
        float half = Float16.toFloat(Float16.fromFloat(1 / 127f));
        assertArrayEquals(new float[] {half, Float16.toFloat(Float16.fromFloat(2 / 127f))}, weight.scales());
        assertEquals(EnumSet.of(Slot.INPUT, Slot.WEIGHT), found.rounded());
        assertTrue(found.plain());
        assertEquals(0, found.inputFactors().length);
    }

    @Test
    void convolutionsAreSeenTheSameWay() {
        Layer layer = new Layer.Conv("c", Role.CONVOLUTION, 3, 2, 3, 1, 1, false);
        WeightCodes found = WeightCodes.of(layer, new Rounded(Samples.INT8, RANGES), DType.FLOAT16);
        assertTrue(found.weight().isPresent() && found.plain());
    }

    @Test
    void smoothedInputIsFoundWithItsFactors() {
        float[] factors = {1, 2, 3, 4};
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                T scaled = ops.mul(x, ops.constant(factors, Shape.of(4), ops.dtype(x)));
                return ops.linear(layer, round(ops, scaled, Slot.INPUT), round(ops, w, Slot.WEIGHT));
            }
        });
        assertArrayEquals(factors, found.inputFactors());
        assertTrue(found.plain());
    }

    @Test
    void weightUsedBesidesBeingRoundedHasNoCodes() {
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                T y = ops.linear(layer, x, round(ops, w, Slot.WEIGHT));
                return ops.add(y, ops.linear(x, w));
            }
        });
        assertTrue(found.weight().isEmpty());
        assertFalse(found.plain());
        assertEquals(Set.of(Slot.WEIGHT), found.rounded());
    }

    @Test
    void weightChangedBeforeItIsRoundedHasNoCodes() {
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                return ops.linear(layer, x, round(ops, ops.clamp(w, -1, 1), Slot.WEIGHT));
            }
        });
        assertTrue(found.weight().isEmpty());
        assertEquals(Set.of(Slot.WEIGHT), found.rounded());
    }

    @Test
    void weightRoundedInAnotherShapeCountsAsRounded() {
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                T blocks = ops.reshape(w, Shape.of(4, 2));
                return ops.linear(layer, x, ops.reshape(Samples.INT8.roundTrip(ops, blocks, Range.of(1)), layer.weightShape()));
            }
        });
        assertTrue(found.weight().isEmpty());
        assertEquals(Set.of(Slot.WEIGHT), found.rounded());
    }

    @Test
    void weightWidenedBeforeItIsRoundedKeepsFloat32Scales() {
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                T wide = round(ops, ops.cast(w, DType.FLOAT32), Slot.WEIGHT);
                return ops.linear(layer, x, ops.cast(wide, DType.FLOAT16));
            }
        });
        Encoding.Scaled weight = (Encoding.Scaled) found.weight().orElseThrow();
        assertArrayEquals(new float[] {1 / 127f, 2 / 127f}, weight.scales());
        assertEquals(DType.FLOAT32, weight.scaleType());
        assertTrue(found.plain());
    }

    @Test
    void blocksAreFoundWithTheirTensorScale() {
        Layer.Linear layer = Samples.linear("l", 32, 2);
        Map<Slot, Range> ranges = Map.of(Slot.INPUT, Range.of(6), Slot.WEIGHT, Range.of(3));
        WeightCodes found = WeightCodes.of(layer, new Rounded(Samples.NVFP4, ranges), DType.BFLOAT16);
        Encoding.Blocked weight = (Encoding.Blocked) found.weight().orElseThrow();
        assertEquals(3f / (6 * 448), weight.tensorScale());
        assertEquals(6f / (6 * 448), OtherPrograms.inputScale(found, 6).orElseThrow());
    }

    @Test
    void layerThatIsLeftAloneIsNotRounded() {
        WeightCodes found = of(new LayerRewrite() {});
        assertEquals(Set.of(), found.rounded());
        assertTrue(found.weight().isEmpty());
    }

    @Test
    void everySlotOfAnAttentionIsSeen() {
        Layer layer = new Layer.Attention("a", Role.ATTENTION, 2, 8, 0.5, false);
        Range one = Range.of(1);
        Map<Slot, Range> ranges = Map.of(Slot.QUERY, one, Slot.KEY, one, Slot.VALUE, one, Slot.SOFTMAX, one);
        WeightCodes found = WeightCodes.of(layer, new Rounded(Samples.FP8, ranges), DType.FLOAT16);
        assertEquals(EnumSet.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX), found.rounded());
    }

    @Test
    void roundedOutputIsSeen() {
        WeightCodes found = of(new LayerRewrite() {
            @Override
            public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
                return Samples.FP8.roundTrip(ops, ops.linear(layer, x, w), Range.of(1));
            }
        });
        assertEquals(Set.of(Slot.OUTPUT), found.rounded());
    }

    @Test
    void inputScaleIsExactWhereTheRewriteRoundsIt() {
        assertEquals(3 / 127f, OtherPrograms.inputScale(of(new Rounded(Samples.INT8, RANGES)), 3).orElseThrow());
    }
}
