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
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Mxfp8FormatTest extends QuantFormatContract {
    @Override
    protected QuantFormat format() {
        return new Mxfp8Format();
    }

    /** The largest of a block is above 224, where elements are 16 apart, and 32 above 256. */
    @Override
    protected double resolution() {
        return 16.0 / 256;
    }

    @Override
    protected int block() {
        return 32;
    }

    @Override
    protected boolean saturatesAtItsRange() {
        return false;
    }

    @Test
    void theRangeOfTheTensorDoesNotMatter() {
        float[] values = {0.084f, 0.273f, 0.049f, 0.165f, 0.229f, 0.827f, 0.571f, 0.361f};
        float[] expected = {0.0859375f, 0.28125f, 0.05078125f, 0.171875f, 0.234375f, 0.8125f, 0.5625f, 0.375f};
        assertArrayEquals(expected, roundTrip(DType.FLOAT32, values, Range.of(0.827f)));
        assertArrayEquals(expected, roundTrip(DType.FLOAT32, values, Range.of(0.001f)));
    }

    @Test
    void isOfferedForLinearLayersOfWholeBlocks() {
        assertEquals(Optional.of(Granularity.PER_BLOCK), format().granularity(new Layer.Linear("l", Role.QKV, 64, 4, true), Slot.INPUT));
        assertEquals(Optional.of(Granularity.NONE), format().granularity(new Layer.Linear("l", Role.QKV, 48, 4, true), Slot.WEIGHT));
    }
}
