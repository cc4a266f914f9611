package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every number format holds to. A format's test extends it. */
public abstract class QuantFormatContract {
    /** The format under test. */
    protected abstract QuantFormat format();

    /** The largest error of a value within the range, as a part of amax. */
    protected abstract double resolution();

    /** What the last axis has to be a multiple of. */
    protected int block() {
        return 1;
    }

    /** Whether values beyond the calibrated range are cut; false where scales follow the values alone. */
    protected boolean saturatesAtItsRange() {
        return true;
    }

    /** Values after a round trip with one amax. */
    protected final float[] roundTrip(DType type, float[] values, Range range, long... shape) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(format().roundTrip(ops, ops.constant(values, Shape.of(shape), type), range));
            }
        });
    }

    /** A vector after a round trip with one amax: with zeros behind it up to a whole number of blocks, which are cut off again. */
    protected final float[] roundTrip(DType type, float[] values, Range range) {
        int padded = (values.length + block() - 1) / block() * block();
        return Arrays.copyOf(roundTrip(type, Arrays.copyOf(values, padded), range, padded), values.length);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void keepsShapeAndType(DType type) {
        Shape shape = Shape.of(2, 3L * block());
        String kept = Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> String with(EagerOps<T> ops) {
                T x = format().roundTrip(ops, ops.constant(new float[6 * block()], shape, type), Range.of(1));
                return ops.shape(x) + " " + ops.dtype(x);
            }
        });
        assertEquals(shape + " " + type, kept);
    }

    @Test
    void keepsValuesWithinItsResolution() {
        float[] values = new float[201];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i - 100) / 100f * 3;
        }
        float[] found = roundTrip(DType.FLOAT32, values, Range.of(3));
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], found[i], resolution() * 3 * (1 + 1e-6));
        }
    }

    @Test
    void saturates() {
        assumeTrue(saturatesAtItsRange(), "scales follow the values");
        float[] found = roundTrip(DType.FLOAT32, new float[] {100, -100}, Range.of(2));
        assertEquals(2, found[0], 2 * resolution());
        assertEquals(-2, found[1], 4 * resolution());
    }

    /** A power of two changes no digit, wherever the format puts it. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void roundsWhatAFactorIsMultipliedInto(DType type) {
        float[] values = new float[2 * block()];
        float[] halves = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i - block()) * 3f / block();
            halves[i] = values[i] / 2;
        }
        float[] found = Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(format().roundTrip(ops, ops.constant(values, Shape.of(2, block()), type), Range.of(1.5f), 0.5));
            }
        });
        assertArrayEquals(roundTrip(type, halves, Range.of(1.5f), 2, block()), found);
    }

    @Test
    void isIdempotent() {
        float[] once = roundTrip(DType.FLOAT32, new float[] {0.1f, -0.7f, 1.3f, 0}, Range.of(1.5f));
        assertArrayEquals(once, roundTrip(DType.FLOAT32, once, Range.of(1.5f)));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void zeroRangeGivesZeros(DType type) {
        assertArrayEquals(new float[2], roundTrip(type, new float[2], Range.of(0)));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void tinyRangeGivesNoNaN(DType type) {
        for (float value : roundTrip(type, new float[] {0, 1e-7f, -1e-7f}, Range.of(1e-7f))) {
            assertTrue(Math.abs(value) <= 1e-6f, "found " + value);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void theLeastRangeOfAllGivesNoNaN(DType type) {
        for (float value : roundTrip(type, new float[] {0, Float.MIN_VALUE, -Float.MIN_VALUE}, Range.of(Float.MIN_VALUE))) {
            assertTrue(Math.abs(value) <= Float.MIN_NORMAL, "found " + value);
        }
    }
}
