package io.halftone.ops;

/** IEEE 754 binary16 and bfloat16 in Java 17, which has no conversion of its own. */
public final class Float16 {
    private Float16() {}

    /** The value of a binary16 bit pattern; exact. */
    public static float toFloat(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
        }
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
    }

    /** The nearest binary16, ties to even; magnitudes from 65520 become infinite. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= 65520f) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
        }
        int rest = bits & 0x7fffffff;
        int rounded = rest + 0xfff + (rest >>> 13 & 1);
        return (short) (sign | (rounded - (112 << 23)) >>> 13);
    }

    /** The nearest bfloat16's bits, ties to even. */
    public static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** The value of a bfloat16's bits; exact. */
    public static float ofBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The value as a compute type holds it: the nearest, ties to even; the value itself for FLOAT32 and all other types. */
    public static float rounded(float value, DType type) {
        return switch (type) {
            case FLOAT16 -> toFloat(fromFloat(value));
            case BFLOAT16 -> ofBfloat16(bfloat16(value));
            default -> value;
        };
    }
}
