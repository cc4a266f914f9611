package io.halftone.format.blocks.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.QuantFormatContract;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Nvfp4FormatTest extends QuantFormatContract {
    @Override
    protected QuantFormat format() {
        return new Nvfp4Format();
    }

    /** Between 4 and 6 elements are 2 apart; a block's scale may be rounded up by a sixteenth. */
    @Override
    protected double resolution() {
        return 1.0 / 6 * (1 + 1.0 / 16);
    }

    @Override
    protected int block() {
        return 16;
    }

    @Test
    void theTensorsAmaxIsTheUnitOfBlockScales() {
        // amax 2688: the tensor's scale is 1. The block's, 1 / 6, is not among 8-bit floats, and becomes 0.171875
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 0.5f, 0.04f}, Range.of(2688));
        assertArrayEquals(new float[] {6 * 0.171875f, 3 * 0.171875f, 0}, found);
    }

    @Test
    void eachBlockHasAScaleOfItsOwn() {
        float[] values = new float[32];
        Arrays.fill(values, 0, 16, 6);
        Arrays.fill(values, 16, 32, 0.75f);
        assertArrayEquals(values, roundTrip(DType.FLOAT32, values, Range.of(6), 2, 16), 0.001f);
    }

    @Test
    void rangesAreThoseOfTheTensor() {
        assertEquals(1, Nvfp4Format.tensorScale(0));
        assertEquals(1, Nvfp4Format.tensorScale(2688));
        assertEquals(12f / 2688, Nvfp4Format.tensorScale(12));
    }

    @Test
    void isOfferedForLinearLayersOfWholeBlocks() {
        for (Slot slot : List.of(Slot.INPUT, Slot.WEIGHT)) {
            assertEquals(Optional.of(Granularity.PER_BLOCK), format().granularity(linear(48), slot));
            assertEquals(Optional.of(Granularity.NONE), format().granularity(linear(40), slot));
            assertEquals(Optional.of(Granularity.NONE),
                format().granularity(new Layer.Conv("c", Role.CONVOLUTION, 16, 16, 3, 1, 1, true), slot));
        }
        assertEquals(Optional.empty(), format().granularity(linear(48), Slot.OUTPUT));
    }

    private static Layer linear(long in) {
        return new Layer.Linear("l", Role.QKV, in, 4, true);
    }

    @Test
    void isNotOfferedForAttentions() {
        Layer attention = new Layer.Attention("attn", Role.ATTENTION, 2, 64, 0.125, false);
        assertEquals(Optional.empty(), format().granularity(attention, Slot.QUERY));
        assertEquals(Optional.empty(), format().granularity(attention, Slot.SOFTMAX));
    }
}
