package io.halftone.ops;

/**
 * A number format whose elements share a scale in runs along the last axis.
 *
 * @param element what an element is rounded to
 * @param size    elements that share a scale, at least 1
 * @param scale   what a scale is rounded to
 */
public record Blocks(Element element, int size, Scale scale) {
    /** Types of elements. */
    public enum Element {
        /** 4 bits: 2 of exponent, 1 of mantissa; 0, 0.5, 1, 1.5, 2, 3, 4 and 6 with their negatives. */
        E2M1(6),
        /** 8 bits: 4 of exponent, 3 of mantissa, no infinity. */
        E4M3(448);

        private final float max;

        Element(float max) {
            this.max = max;
        }

        /** The largest value. */
        public float max() {
            return max;
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
}
