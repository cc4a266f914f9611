package io.halftone.ops;

/**
 * Bins for magnitudes that are the same whatever the data, so that counts from anywhere add up exactly: each octave, from a power
 * of two to the next, is cut into equal parts. Bin 0 takes what lies below the first octave, zero included; the last bin
 * what lies above the last octave, infinities and NaN included.
 *
 * @param mantissaBits log2 of the parts of an octave, 0 to 23
 * @param leastExponent log2 of the first octave's beginning, -126 at least
 * @param octaves      number of octaves, at least 1; the last one ends at 2^127 at most
 */
public record MagnitudeBins(int mantissaBits, int leastExponent, int octaves) {
    private static final int FLOAT_MANTISSA = 23;
    private static final int FLOAT_BIAS = 127;

    public MagnitudeBins {
        if (mantissaBits < 0 || mantissaBits > FLOAT_MANTISSA || leastExponent < 1 - FLOAT_BIAS || octaves < 1
            || leastExponent + octaves > FLOAT_BIAS) {
            throw new IllegalArgumentException("bins: found " + mantissaBits + " mantissa bits, " + octaves + " octaves from 2^" + leastExponent
                + "; expected 0 to " + FLOAT_MANTISSA + " bits, and octaves within those of float32");
        }
    }

    /** The number of bins: the parts of all octaves, and one at each end. */
    public int count() {
        return (octaves << mantissaBits) + 2;
    }

    /** The bits of a float32 magnitude that are dropped before {@link #first} is taken off. */
    public int droppedBits() {
        return FLOAT_MANTISSA - mantissaBits;
    }

    /** What the remaining bits of the first octave's beginning are; bin i's are this plus i - 1. */
    public int first() {
        return leastExponent + FLOAT_BIAS << mantissaBits;
    }

    /** The bin of a magnitude. */
    public int bin(float magnitude) {
        int bin = (Float.floatToRawIntBits(magnitude) & Integer.MAX_VALUE) - (first() << droppedBits()) >> droppedBits();
        return Math.max(0, Math.min(count() - 1, bin + 1));
    }

    /** The least magnitude of a bin: 0 of the first one. */
    public float lowerEdge(int bin) {
        return bin == 0 ? 0 : Float.intBitsToFloat(first() + bin - 1 << droppedBits());
    }

    /** The least magnitude above a bin; infinite for the last one. */
    public float upperEdge(int bin) {
        return bin == count() - 1 ? Float.POSITIVE_INFINITY : lowerEdge(bin + 1);
    }
}
