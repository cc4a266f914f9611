package io.halftone.format.int8.internal;

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

class Int8FormatTest extends QuantFormatContract {
    @Override
    protected QuantFormat format() {
        return new Int8Format();
    }

    @Override
    protected double resolution() {
        return 0.5 / 127;
    }

    @Test
    void roundsTiesToEven() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 126.5f}, Range.of(127), 6);
        assertArrayEquals(new float[] {0, 2, 2, 0, -2, 126}, found);
    }

    @Test
    void usesTheWholeNegativeRange() {
        assertArrayEquals(new float[] {127, -128, -128}, roundTrip(DType.FLOAT32, new float[] {127.6f, -128.4f, -129}, Range.of(127), 3));
    }

    @Test
    void scalesEachChannelByItsOwnAmax() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 0.4f, 100, 40.2f}, new Range(new float[] {127, 12700}, 0), 2, 2);
        assertArrayEquals(new float[] {1, 0, 100, 0}, found);
    }

    @Test
    void float16UsesTheScaleThatItHolds() {
        // amax 6: the scale 6 / 127 is 0.0472412109375 in float16; 127 of it is 5.9996... and rounds to 6 in float16
        assertArrayEquals(new float[] {6, 0.047241211f}, roundTrip(DType.FLOAT16, new float[] {6, 0.05f}, Range.of(6), 2));
    }

    @Test
    void theGreatestFloat16ValuesStayFinite() {
        assertArrayEquals(new float[] {64992, -65504}, roundTrip(DType.FLOAT16, new float[] {65504, -65504}, Range.of(65504), 2));
    }

    @Test
    void isUsuallySmoothed() {
        assertEquals("smoothquant", format().usualAlgorithm());
    }

    @Test
    void isOfferedForInputsAndWeightsOnly() {
        Layer layer = new Layer.Linear("l", Role.QKV, 4, 4, true);
        assertEquals(Optional.of(Granularity.PER_TENSOR), format().granularity(layer, Slot.INPUT));
        assertEquals(Optional.of(Granularity.PER_CHANNEL), format().granularity(layer, Slot.WEIGHT));
        assertEquals(Optional.empty(), format().granularity(layer, Slot.QUERY));
        assertEquals(Optional.empty(), format().granularity(layer, Slot.OUTPUT));
    }
}
