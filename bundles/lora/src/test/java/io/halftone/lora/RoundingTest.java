package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundingTest {
    private final ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void keepsEveryFiniteValue(DType dtype) {
        for (int bits = 0; bits < 1 << 16; bits++) {
            bytes.putShort(0, (short) bits);
            double value = Rounding.get(dtype, bytes, 0);
            if (Double.isFinite(value)) {
                assertTrue(Rounding.put(dtype, bytes, 0, value));
                assertEquals((short) bits, bytes.getShort(0));
            }
        }
    }

    /** Against exact distances to both neighbours; no tolerance. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void takesTheNearestOfTheNeighboursAndTheEvenOneOfTwo(DType dtype) {
        Random random = new Random(5);
        for (int i = 0; i < 4000; i++) {
            int low = random.nextInt(dtype == DType.FLOAT16 ? 0x7bff : 0x7f7f);
            double below = value(dtype, low), above = value(dtype, low + 1);
            double middle = below + (above - below) / 2;
            double x = i % 4 == 0 ? middle : i % 4 == 1 ? Math.nextUp(middle) : below + (above - below) * random.nextDouble();
            BigDecimal exact = new BigDecimal(x);
            int side = exact.subtract(new BigDecimal(below)).compareTo(new BigDecimal(above).subtract(exact));
            int expected = side < 0 || side == 0 && low % 2 == 0 ? low : low + 1;
            assertTrue(Rounding.put(dtype, bytes, 0, x));
            assertEquals((short) expected, bytes.getShort(0), () -> "of " + exact);
            Rounding.put(dtype, bytes, 0, -x);
            assertEquals((short) (expected | 0x8000), bytes.getShort(0));
        }
    }

    private double value(DType dtype, int bits) {
        bytes.putShort(0, (short) bits);
        return Rounding.get(dtype, bytes, 0);
    }

    @Test
    void roundsOnceWhereFloat32OnTheWayWouldRoundTwice() {
        double aboveTheTie = 1 + 0x1p-11 + 0x1p-40;   // in float32 it is the tie, which goes to 1
        assertEquals(1 + 0x1p-10f, Rounding.nearest(DType.FLOAT16, aboveTheTie));
        assertEquals(1 + 0x1p-7f, Rounding.nearest(DType.BFLOAT16, 1 + 0x1p-8 + 0x1p-40));
    }

    @Test
    void tellsOfValuesBeyondTheType() {
        assertTrue(Rounding.put(DType.FLOAT16, bytes, 0, 65519.99));
        assertFalse(Rounding.put(DType.FLOAT16, bytes, 0, 65520));
        assertFalse(Rounding.put(DType.BFLOAT16, bytes, 0, 3.4e38));
        assertFalse(Rounding.put(DType.FLOAT32, bytes, 0, 3.5e38));
        assertFalse(Rounding.put(DType.FLOAT32, bytes, 0, Double.NaN));
        assertFalse(Rounding.put(DType.FLOAT16, bytes, 0, Double.NaN));
        assertFalse(Rounding.put(DType.BFLOAT16, bytes, 0, Double.NEGATIVE_INFINITY));
    }
}
