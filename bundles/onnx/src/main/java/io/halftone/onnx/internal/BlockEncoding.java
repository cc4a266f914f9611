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
            scales[block] = blocks.scaleCode(amax, tensorScale);
            float step = blocks.step(scales[block], tensorScale);
            for (int i = start; i < start + blocks.size(); i++) {
                elements[i] = blocks.element().code(values[i] / step);
            }
        }
        return new BlockEncoding(elements, scales);
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
