package io.halftone.synthesis;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A tensor of random numbers, each a function of the seed, the tensor's name and the element's place alone: any part can be made
 * by any thread at any time. A number is the sum of four uniform ones, which is close to a normal one and never further than
 * 3.47 deviations from the mean. Source of the hash: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014,
 * with the constants of Stafford's variant 13.
 *
 * @param key   of the tensor
 * @param type  FLOAT32, FLOAT16 or BFLOAT16
 * @param scale of the numbers
 */
record RandomTensor(long key, DType type, TensorScale scale) {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    /** Elements that go from an array to a buffer at once. */
    private static final int BLOCK = 4096;
    /** The mean of the sum of four uniform numbers from 0 to 65535. */
    private static final int CENTRE = 2 * 0xffff;
    /** The deviation of that sum. */
    private static final double SPREAD = Math.sqrt(4 * (0x1p32 - 1) / 12);

    /**
     * A tensor by name.
     *
     * @param component that it belongs to, such as {@code unet}: others may have tensors of the same name
     */
    static RandomTensor of(long seed, String component, String name, DType type, TensorScale scale) {
        try {
            byte[] text = (seed + "/" + component + "/" + name).getBytes(StandardCharsets.UTF_8);
            return new RandomTensor(ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text)).getLong(), type, scale);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java platform", e);
        }
    }

    /**
     * Fills a buffer with elements.
     *
     * @param first  place of the first
     * @param target little-endian; takes as many as fit into what remains
     */
    void fill(long first, ByteBuffer target) {
        long at = key + first * GOLDEN;
        float factor = (float) (scale.deviation() / SPREAD);
        float mean = (float) scale.mean();
        if (type == DType.FLOAT32) {
            float[] block = new float[BLOCK];
            while (target.hasRemaining()) {
                int count = Math.min(BLOCK, target.remaining() / Float.BYTES);
                for (int i = 0; i < count; i++, at += GOLDEN) {
                    block[i] = mean + factor * sum(at);
                }
                target.asFloatBuffer().put(block, 0, count);
                target.position(target.position() + count * Float.BYTES);
            }
            return;
        }
        short[] block = new short[BLOCK];
        while (target.hasRemaining()) {
            int count = Math.min(BLOCK, target.remaining() / Short.BYTES);
            if (type == DType.FLOAT16) {
                for (int i = 0; i < count; i++, at += GOLDEN) {
                    block[i] = Float16.fromFloat(mean + factor * sum(at));
                }
            } else {
                for (int i = 0; i < count; i++, at += GOLDEN) {
                    block[i] = Float16.bfloat16(mean + factor * sum(at));
                }
            }
            target.asShortBuffer().put(block, 0, count);
            target.position(target.position() + count * Short.BYTES);
        }
    }

    /** Four uniform numbers from the hash of a place, added up: from -131070 to 131070, about 0. */
    private static int sum(long place) {
        long z = (place ^ place >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (int) (z & 0xffff) + (int) (z >>> 16 & 0xffff) + (int) (z >>> 32 & 0xffff) + (int) (z >>> 48) - CENTRE;
    }
}
