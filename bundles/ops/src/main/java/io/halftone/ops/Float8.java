package io.halftone.ops;

/**
 * The 8-bit float with 4 exponent bits (bias 7) and 3 mantissa bits: largest value 448, smallest 2^-9, no infinity, and one
 * NaN of either sign. ONNX calls it FLOAT8E4M3FN.
 */
public final class Float8 {
    /** The largest value. */
    public static final float MAX = 448;

    private static final int NAN = 0x7f;
    /** By code. */
    private static final float[] VALUES = new float[256];

    static {
        for (int code = 0; code < VALUES.length; code++) {
            int exponent = code >> 3 & 0xf, mantissa = code & 7;
            float magnitude = exponent == 0 ? mantissa * 0x1p-9f : Float.intBitsToFloat(exponent + 120 << 23 | mantissa << 20);
            float value = (code & NAN) == NAN ? Float.NaN : magnitude;
            VALUES[code] = code < 0x80 ? value : -value;
        }
    }

    private Float8() {}

    /** The nearest code, ties to even; beyond the range the greatest. NaN stays NaN. */
    public static byte fromFloat(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 24 & 0x80;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (byte) (sign | NAN);
        }
        if (magnitude >= MAX) {
            return (byte) (sign | 0x7e);
        }
        if (magnitude < 0x1p-6f) {                           // subnormal: whole steps of 2^-9; 8 steps are the first normal
            return (byte) (sign | (int) Math.rint(magnitude * 0x1p9));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = bits + 0x7ffff + (bits >>> 20 & 1);    // keeps 3 of 23 mantissa bits; a carry moves the exponent
        return (byte) (sign | (rounded - (120 << 23)) >>> 20);
    }

    /** The value of a code; exact. */
    public static float toFloat(byte code) {
        return VALUES[code & 0xff];
    }
}
