package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
    @Test
    void givesTheScaleOfARange() {
        assertEquals("; scale 2.0 = amax / 127", scale(new Eighths(), Slot.INPUT, Range.of(254), DType.FLOAT32));
        assertEquals("; 2 scales, at most 4.0 = amax / 127", scale(new Eighths(), Slot.WEIGHT, new Range(new float[] {254, 508}, 0), DType.FLOAT32));
        assertEquals("; 2 scales, at most 4.0 = amax / 127", scale(new Eighths(), Slot.WEIGHT, new Range(new float[] {508, 254}, 1), DType.FLOAT32));
        assertEquals("; scale 1.0, as all is 0", scale(new Eighths(), Slot.INPUT, Range.of(0), DType.FLOAT32));
    }

    @Test
    void givesTheScaleAsTheComputeTypeHoldsIt() {
        // the neighbours of 1/127 in float16 are 2^-17 apart
        assertEquals("; scale 0.007873535 = amax / 127", scale(new Eighths(), Slot.INPUT, Range.of(1), DType.FLOAT16));
        assertEquals("; scale 0.007873535 = amax / 127", scale(new Eighths(), Slot.INPUT, Range.of(1), DType.BFLOAT16));
    }

    @Test
    void saysThatAScaleOfQueriesIsNotItAlone() {
        assertEquals("; scale about 2.0 = amax / 127", scale(new Eighths(), Slot.QUERY, Range.of(254), DType.FLOAT32));
    }

    @Test
    void saysWhatSharesAScaleInBlocks() {
        assertEquals("; scales of 16 elements each: E4M3 times 0.5 = amax / 2688",
            scale(new InBlocks(new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3), 2688), Slot.WEIGHT, Range.of(1344), DType.FLOAT32));
        assertEquals("; scales of 32 elements each: powers of two, from their own largest magnitude",
            scale(new InBlocks(new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0), 1), Slot.INPUT, Range.of(3), DType.FLOAT32));
    }

    @Test
    void saysNothingOfAFormatWithoutScales() {
        assertEquals("", scale(new Eighths() {
            @Override
            public <T> T roundTrip(Ops<T> ops, T x, Range range) {
                return ops.clamp(x, -range.max(), range.max());
            }
        }, Slot.INPUT, Range.of(3), DType.FLOAT32));
    }

    private static String scale(QuantFormat format, Slot slot, Range range, DType computeType) {
        return Explanations.scale(slot, range, FormatScales.of(format, range, computeType));
    }

    private static class Eighths implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_CHANNEL);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            float[] scales = range.scales(127);
            T scale = scales.length == 1 ? ops.constant(scales[0], ops.dtype(x)) : ops.constant(scales, Shape.of(scales.length), ops.dtype(x));
            return ops.dequantize(ops.quantize(x, DType.INT8, scale, range.axis()), scale, range.axis());
        }
    }

    private record InBlocks(Blocks blocks, float bound) implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_BLOCK);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return ops.roundBlocks(x, blocks, ops.constant(range.max() / bound, DType.FLOAT32));
        }
    }
}
