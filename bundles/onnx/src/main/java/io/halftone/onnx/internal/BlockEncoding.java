package io.halftone.onnx.internal;

import io.halftone.ops.Blocks;

/**
 * Values in blocks, one behind the other, as codes. In float32 and in the same order of operations as eager interpreters
 * have them, with the scale as it is rounded, so that a code times its scales is what calibration ran.
 *
 * @param elements a code for each value
 * @param scales   a code for each block: an 8-bit float, or the exponent of a power of two plus 127
 */
record BlockEncoding(byte[] elements, byte[] scales) {
    private static final int E8M0_BIAS = 127;
    /** What lies between two values of E2M1; a value on a bound goes to the even code. */
    private static final float[] E2M1_BOUNDS = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5};
    private static final float[] E2M1_VALUES = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};

    /** Encodes all values. */
    static BlockEncoding of(float[] values, Blocks blocks, float tensorScale) {
        return of(values, values.length, blocks, tensorScale);
    }

    /**
     * Encodes the first values.
     *
     * @param count       of values: whole blocks
     * @param tensorScale what block scales are multiples of; not used where they are powers of two
     */
    static BlockEncoding of(float[] values, int count, Blocks blocks, float tensorScale) {
        byte[] elements = new byte[count];
        byte[] scales = new byte[count / blocks.size()];
        for (int block = 0; block < scales.length; block++) {
            int start = block * blocks.size();
            float amax = 0;
            for (int i = start; i < start + blocks.size(); i++) {
                amax = Math.max(amax, Math.abs(values[i]));
            }
            scales[block] = scale(amax, blocks, tensorScale);
            float step = step(scales[block], blocks, tensorScale);
            for (int i = start; i < start + blocks.size(); i++) {
                float quotient = values[i] / step;
                elements[i] = blocks.element() == Blocks.Element.E2M1 ? e2m1(quotient) : Float8.fromFloat(quotient);
            }
        }
        return new BlockEncoding(elements, scales);
    }

    /** What a code of 1 stands for in a block of that scale. */
    static float step(byte scale, Blocks blocks, float tensorScale) {
        return blocks.scale() == Blocks.Scale.E8M0 ? Math.scalb(1f, (scale & 0xff) - E8M0_BIAS) : Float8.toFloat(scale) * tensorScale;
    }

    private static byte scale(float amax, Blocks blocks, float tensorScale) {
        if (blocks.scale() == Blocks.Scale.E8M0) {
            return (byte) (powerOfTwo(amax, blocks.element().max()) + E8M0_BIAS);
        }
        byte scale = Float8.fromFloat(amax / (tensorScale * blocks.element().max()));
        return scale == 0 ? Float8.fromFloat(1) : scale;
    }

    /** The least exponent of a power of two that is not below amax / max; exact, as nothing is divided. */
    private static int powerOfTwo(float amax, float max) {
        if (amax == 0) {
            return -E8M0_BIAS;
        }
        int exponent = exponent(amax) - exponent(max);
        boolean above = Math.scalb((double) amax, -exponent(amax)) > Math.scalb((double) max, -exponent(max));
        return Math.max(-E8M0_BIAS, Math.min(E8M0_BIAS, above ? exponent + 1 : exponent));
    }

    /** Of the greatest power of two that is not above the value; a float64 has no subnormals in the range of float32. */
    private static int exponent(float value) {
        return Math.getExponent((double) value);
    }

    /** 3 bits of magnitude and the sign, which only values below 0 have. */
    static byte e2m1(float value) {
        float magnitude = Math.abs(value);
        int code = 0;
        while (code < E2M1_BOUNDS.length && (magnitude > E2M1_BOUNDS[code] || magnitude == E2M1_BOUNDS[code] && code % 2 == 1)) {
            code++;
        }
        return (byte) (value < 0 ? code | 8 : code);
    }

    /** The value of a 4-bit code. */
    static float e2m1(byte code) {
        float magnitude = E2M1_VALUES[code & 7];
        return (code & 8) == 0 ? magnitude : -magnitude;
    }

    /** Two 4-bit codes in a byte, the first one in the low half; an odd last one stands alone. */
    static byte[] packed(byte[] codes) {
        byte[] bytes = new byte[(codes.length + 1) / 2];
        for (int i = 0; i < codes.length; i++) {
            bytes[i / 2] |= (byte) (codes[i] << i % 2 * 4);
        }
        return bytes;
    }
}
