package io.halftone.quant;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Sums of float32 numbers without rounding: a whole number of units of 2^-149, the least float32, in {@value #WORDS} words of
 * 64 bits, two's complement, least first. Addition is associative and commutative to the bit, and 2^40 numbers fit.
 */
public final class ExactSum {
    /** Words of a sum. */
    public static final int WORDS = 5;
    private static final int LEAST_EXPONENT = -149;
    private static final int MANTISSA_BITS = 23;

    private ExactSum() {}

    /**
     * The sum of one number.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    public static long[] of(float x) {
        if (!Float.isFinite(x)) {
            throw new IllegalArgumentException("sum: found " + x + "; expected a finite number");
        }
        int bits = Float.floatToRawIntBits(x);
        int exponent = bits >>> MANTISSA_BITS & 0xff;
        long mantissa = bits & (1 << MANTISSA_BITS) - 1;
        if (exponent > 0) {
            mantissa |= 1 << MANTISSA_BITS;
            exponent--;
        }
        long[] words = new long[WORDS];
        words[exponent / Long.SIZE] = mantissa << exponent % Long.SIZE;
        int above = exponent % Long.SIZE + MANTISSA_BITS + 1 - Long.SIZE;
        if (above > 0) {
            words[exponent / Long.SIZE + 1] = mantissa >>> MANTISSA_BITS + 1 - above;
        }
        return bits < 0 ? negated(words) : words;
    }

    /** The sum of two sums. */
    public static long[] add(long[] a, long[] b) {
        long[] sum = new long[WORDS];
        long carry = 0;
        for (int i = 0; i < WORDS; i++) {
            long partial = a[i] + b[i];
            long whole = partial + carry;
            carry = Long.compareUnsigned(partial, a[i]) < 0 || Long.compareUnsigned(whole, partial) < 0 ? 1 : 0;
            sum[i] = whole;
        }
        return sum;
    }

    /** The sum divided by a count, rounded once to float32, half to even. */
    public static float mean(long[] sum, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("count: found " + count + "; expected >= 1");
        }
        byte[] bytes = new byte[WORDS * Long.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            int fromLeast = bytes.length - 1 - i;
            bytes[i] = (byte) (sum[fromLeast / Long.BYTES] >>> fromLeast % Long.BYTES * Byte.SIZE);
        }
        BigInteger units = new BigInteger(bytes);
        // units / count, scaled so that the quotient keeps more bits than a float32 has, with a sticky last bit
        int shift = Math.max(0, 64 + BigInteger.valueOf(count).bitLength() - units.bitLength());
        BigInteger[] quotient = units.shiftLeft(shift).divideAndRemainder(BigInteger.valueOf(count));
        BigInteger sticky = quotient[0].shiftLeft(1);
        if (quotient[1].signum() != 0) {
            sticky = sticky.add(BigInteger.valueOf(quotient[1].signum()));
        }
        int exponent = LEAST_EXPONENT - shift - 1;
        BigDecimal exact = exponent >= 0 ? new BigDecimal(sticky.shiftLeft(exponent))
            : new BigDecimal(sticky).divide(new BigDecimal(BigInteger.ONE.shiftLeft(-exponent)));
        return exact.floatValue();
    }

    private static long[] negated(long[] words) {
        long[] negative = new long[WORDS];
        long carry = 1;
        for (int i = 0; i < WORDS; i++) {
            negative[i] = ~words[i] + carry;
            carry = carry == 1 && negative[i] == 0 ? 1 : 0;
        }
        return negative;
    }
}
