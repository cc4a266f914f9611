package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTest {
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1, -Float.MIN_VALUE})
    void refusesAnAmaxThatIsNoFiniteMagnitude(float amax) {
        var e = assertThrows(IllegalArgumentException.class, () -> new Range(new float[] {1, amax, 2}, 0));
        assertEquals("amax: found " + amax + "; expected finite and >= 0", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Range.of(amax));
    }

    @Test
    void refusesNoAmaxAndANegativeAxis() {
        assertEquals("range: found 0 amax on axis 0; expected at least one, axis >= 0",
            assertThrows(IllegalArgumentException.class, () -> new Range(new float[0], 0)).getMessage());
        assertEquals("range: found 2 amax on axis -1; expected at least one, axis >= 0",
            assertThrows(IllegalArgumentException.class, () -> new Range(new float[2], -1)).getMessage());
    }

    @Test
    void copiesItsArrays() {
        float[] amax = {1, 2};
        Range range = new Range(amax, 0);
        amax[0] = 9;
        range.amax()[1] = 9;
        assertArrayEquals(new float[] {1, 2}, range.amax());
    }

    @Test
    void comparesByContent() {
        assertEquals(new Range(new float[] {1, 2}, 0), new Range(new float[] {1, 2}, 0));
        assertEquals(new Range(new float[] {1, 2}, 0).hashCode(), new Range(new float[] {1, 2}, 0).hashCode());
        assertNotEquals(new Range(new float[] {1, 2}, 0), new Range(new float[] {1, 2}, 1));
        assertNotEquals(new Range(new float[] {1, 2}, 0), new Range(new float[] {2, 1}, 0));
    }

    @Test
    void isOneForTheTensorOrOneForEachChannel() {
        assertTrue(Range.of(3).isPerTensor());
        assertEquals("amax 3.0", Range.of(3).toString());
        Range channels = new Range(new float[] {1, 5, 2}, 1);
        assertFalse(channels.isPerTensor());
        assertEquals(5, channels.max());
        assertEquals("3 amax on axis 1, at most 5.0", channels.toString());
        assertEquals(0, Range.of(0).max());
    }

    @Test
    void scalesAreAmaxByBoundInFloat32() {
        assertArrayEquals(new float[] {1f / 127f, 254f / 127f}, new Range(new float[] {1, 254}, 0).scales(127));
        assertArrayEquals(new float[] {1}, Range.of(448).scales(448));
    }

    @Test
    void theScaleOfZerosIsOne() {
        assertArrayEquals(new float[] {1, 0.5f}, new Range(new float[] {0, 1}, 0).scales(2));
        assertArrayEquals(new float[] {1}, Range.of(Float.MIN_VALUE).scales(127), "where the quotient underflows too");
    }

    @Test
    void scalesOfATypeAreNeverZeroInIt() {
        Range range = new Range(new float[] {0x1p-25f, 0x1.8p-25f, 1, 0x1p-134f}, 0);
        assertArrayEquals(new float[] {0x1p-25f, 0x1.8p-25f, 1, 0x1p-134f}, range.scales(1, DType.FLOAT32));
        assertArrayEquals(new float[] {1, 0x1.8p-25f, 1, 1}, range.scales(1, DType.FLOAT16), "ties round to even, which is 0");
        assertArrayEquals(new float[] {0x1p-25f, 0x1.8p-25f, 1, 1}, range.scales(1, DType.BFLOAT16));
    }

    @Test
    void theGreatestCodeIsFiniteInFloat16() {
        // 65504 / 31 is 2113.03, and the next float16 below it 2112; the nearest one, 2114, would give 65534, which is infinite
        assertArrayEquals(new float[] {2112, 1}, new Range(new float[] {65504, 31}, 0).scales(31, DType.FLOAT16));
        assertArrayEquals(new float[] {65504f / 31}, Range.of(65504).scales(31, DType.BFLOAT16));
        assertArrayEquals(new float[] {2112}, Range.of(1e30f).scales(31, DType.FLOAT16));
    }
}
