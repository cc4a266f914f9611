package io.halftone.t5.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The buckets are those that libtorch's float32 arithmetic gives, at each edge. */
class RelativePositionsTest {
    private static int bucket(int buckets, int maxDistance, int distance) {
        return new RelativePositions(new T5Config(1, 1, 1, 1, 1, 1, 1e-6, true, buckets, maxDistance)).bucket(distance);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "7, 7", "8, 8", "11, 8", "12, 9", "15, 9", "16, 10", "22, 10", "23, 11", "31, 11", "32, 12", "45, 12",
        "46, 13", "63, 13", "64, 14", "90, 14", "91, 15", "127, 15", "128, 15", "5000, 15"})
    void widensWithDistance(int apart, int bucket) {
        assertEquals(bucket, bucket(32, 128, -apart));
        assertEquals(apart == 0 ? 0 : 16 + bucket, bucket(32, 128, apart));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "200, 1"})
    void worksWithTheFewestBuckets(int apart, int bucket) {
        assertEquals(bucket, bucket(4, 2, -apart));
        assertEquals(2 + bucket, bucket(4, 2, apart));
    }
}
