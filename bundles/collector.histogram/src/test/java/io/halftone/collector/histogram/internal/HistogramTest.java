package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Float16;
import org.junit.jupiter.api.Test;

class HistogramTest {
    @Test
    void keepsTheBinsThatAreUsed() {
        Histogram histogram = histogram(0, 1, 1, 2);
        assertEquals(1, histogram.zeros());
        assertEquals(0, histogram.below());
        assertEquals(Histogram.BINS.bin(1), histogram.first());
        assertEquals(1025, histogram.bins().length);
        assertEquals(2, histogram.bins()[0]);
        assertEquals(1, histogram.bins()[1024]);
        assertEquals(histogram.statistics(), Histogram.of("some", histogram.statistics()).statistics());
    }

    @Test
    void onlyCountsWhatIsFarBelowTheLargest() {
        // 4 and what follows it up to 8192 are within twelve octaves of 16383
        Histogram histogram = histogram(1, 3.9f, 4, 5, 16383);
        assertEquals(2, histogram.below());
        assertEquals(Histogram.BINS.bin(4), histogram.first());
        assertEquals(4, histogram.leastKept());
    }

    @Test
    void aLargerOneThatComesLaterMakesItForgetTheSame() {
        Histogram early = histogram(16383).merge(histogram(1, 3.9f)).merge(histogram(4, 5));
        Histogram late = histogram(1, 3.9f).merge(histogram(4, 5)).merge(histogram(16383));
        assertEquals(early.statistics(), late.statistics());
        assertEquals(2, late.below());
        assertArrayEquals(early.bins(), late.bins());
    }

    @Test
    void eachFloat16HasABinToItself() {
        for (int bits = 0x0400; bits < 0x7bff; bits++) {   // positive, normal
            float x = Float16.toFloat((short) bits);
            float next = Float16.toFloat((short) (bits + 1));
            assertTrue(Histogram.BINS.bin(x) < Histogram.BINS.bin(next), x + " and " + next);
        }
    }

    @Test
    void keepsTheLargestExactly() {
        Histogram histogram = histogram(0.1f, 0.30000001f);
        assertEquals(0.30000001f, histogram.amax());
        assertEquals(0.30000001f, histogram.value(histogram.bins().length - 1));
    }

    @Test
    void magnitudesBeyondTheBinsAreInTheOneOfTheLargest() {
        Histogram histogram = histogram(3e6f, 5e6f);
        assertArrayEquals(new long[] {2}, histogram.bins());
        assertEquals(5e6f, histogram.value(0));
    }

    private static Histogram histogram(float... magnitudes) {
        long[] counts = new long[Histogram.BINS.count()];
        float amax = 0;
        for (float x : magnitudes) {
            counts[Histogram.BINS.bin(x)]++;
            amax = Math.max(amax, x);
        }
        return Histogram.of(1, counts, amax);
    }
}
