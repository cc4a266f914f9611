package io.halftone.ops;

/**
 * A number format whose elements share a scale in runs along the last axis.
 *
 * @param element what an element is rounded to
 * @param size    elements that share a scale, at least 1
 * @param scale   what a scale is rounded to
 */
public record Blocks(Element element, int size, Scale scale) {
    private static final int E8M0_BIAS = 127;
    private static final int DOUBLE_MANTISSA = 52;

    /** Types of elements. */
    public enum Element {
        /** 4 bits: 2 of exponent, 1 of mantissa; 0, 0.5, 1, 1.5, 2, 3, 4 and 6 with their negatives. */
        E2M1(Float4.MAX),
        /** 8 bits: 4 of exponent, 3 of mantissa, no infinity. */
        E4M3(Float8.MAX);

        private final float max;

        Element(float max) {
            this.max = max;
        }

        /** The largest value. */
        public float max() {
            return max;
        }

        /** The code of the nearest value, ties to even; beyond the range that of the greatest. Of 4 bits, the sign is bit 3. */
        public byte code(float value) {
            return this == E2M1 ? Float4.fromFloat(value) : Float8.fromFloat(value);
        }

        /** The value of a code; exact. Of a code of 4 bits the others are not looked at. */
        public float value(byte code) {
            return this == E2M1 ? Float4.toFloat(code) : Float8.toFloat(code);
        }
    }

    /** Types of scales. */
    public enum Scale {
        /** amax / (element's largest * tensor scale), rounded to even; 1 where that gives 0. A block's step is it times the tensor scale. */
        E4M3,
        /** The least power of two, 2^-127 to 2^127, that keeps amax / scale within the element's largest value. */
        E8M0
    }

    public Blocks {
        if (size < 1) {
            throw new IllegalArgumentException("block: found " + size + " elements; expected >= 1");
        }
    }

    /**
     * The code of a block's scale: that of an 8-bit float, or the exponent of a power of two plus 127.
     *
     * @param amax        the block's largest magnitude
     * @param tensorScale what scales are multiples of; not used where they are powers of two
     */
    public byte scaleCode(float amax, float tensorScale) {
        if (scale == Scale.E8M0) {
            return (byte) (powerOfTwo(amax, element.max()) + E8M0_BIAS);
        }
        byte code = Float8.fromFloat(amax / (tensorScale * element.max()));
        return Float8.toFloat(code) == 0 ? Float8.fromFloat(1) : code;
    }

    /**
     * What an element of 1 stands for in a block: an element times it is the value.
     *
     * @param scaleCode   of the block's scale
     * @param tensorScale what scales are multiples of; not used where they are powers of two
     */
    public float step(byte scaleCode, float tensorScale) {
        return scale == Scale.E8M0 ? Math.scalb(1f, (scaleCode & 0xff) - E8M0_BIAS) : Float8.toFloat(scaleCode) * tensorScale;
    }

    /** The least e from -127 to 127 with amax at most max * 2^e; -127 for 0. */
    private static int powerOfTwo(float amax, float max) {
        double quotient = (double) amax / max;   // of 24 bits by few: no power of two unless exactly so
        if (quotient == 0) {
            return -E8M0_BIAS;
        }
        boolean exact = (Double.doubleToRawLongBits(quotient) & (1L << DOUBLE_MANTISSA) - 1) == 0;
        return Math.max(-E8M0_BIAS, Math.min(E8M0_BIAS, Math.getExponent(quotient) + (exact ? 0 : 1)));
    }
}
