package io.halftone.t5.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    @ValueSource(ints = {1, 2, 5, 40})
    void givesEachPairTheBiasOfItsDistance(int tokens) {
        var positions = new RelativePositions(new T5Config(1, 1, 1, 1, 1, 1, 1e-6, true, 32, 128));
        float[] found = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                // the bias of a bucket is its number
                return ops.toFloats(positions.bias(new Scope<>(new ForwardingOps<>(ops) {
                    @Override
                    public T parameter(String name, Shape shape) {
                        float[] numbers = new float[32];
                        for (int i = 0; i < numbers.length; i++) {
                            numbers[i] = i;
                        }
                        return ops.constant(numbers, shape, DType.FLOAT32);
                    }
                }), Dim.of(tokens)));
            }
        });
        assertEquals(tokens * tokens, found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(positions.bucket(i % tokens - i / tokens), found[i], "query " + i / tokens + ", key " + i % tokens);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "200, 1"})
    void worksWithTheFewestBuckets(int apart, int bucket) {
        assertEquals(bucket, bucket(4, 2, -apart));
        assertEquals(2 + bucket, bucket(4, 2, apart));
    }
}
