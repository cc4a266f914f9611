package io.halftone.ops;

/** The 4-bit float with 2 exponent bits and 1 mantissa bit; the sign is bit 3 of its code, and only values below 0 have it. */
final class Float4 {
    static final float MAX = 6;

    private static final float[] VALUES = {0, 0.5f, 1, 1.5f, 2, 3, 4, MAX};

    private Float4() {}

    /** The nearest code, ties to even; beyond the range the greatest. NaN becomes 0. */
    static byte fromFloat(float value) {
        float m = Math.abs(value);
        // how many of the seven midpoints lie below; one that is met goes to the even code
        int code = (m > 0.25f ? 1 : 0) + (m >= 0.75f ? 1 : 0) + (m > 1.25f ? 1 : 0) + (m >= 1.75f ? 1 : 0) + (m > 2.5f ? 1 : 0)
            + (m >= 3.5f ? 1 : 0) + (m > 5 ? 1 : 0);
        return (byte) (value < 0 ? code | 8 : code);
    }

    /** The value of the low 4 bits; exact. */
    static float toFloat(byte code) {
        float magnitude = VALUES[code & 7];
        return (code & 8) == 0 ? magnitude : -magnitude;
    }
}
