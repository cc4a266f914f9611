package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.testkit.Tensors;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReferenceDefaultCollectorTest extends ReferenceCollectorContract {
    ReferenceDefaultCollectorTest() {
        super("reference-default", 6, 12, 15, 15, 4, 7, 12);
    }

    @Override
    protected Collector collector() {
        return new ReferenceDefaultCollector();
    }

    @Test
    void explainsItself() {
        assertEquals("least of the buckets' sums, in FLOAT16: 12.0; buckets 0 to 1 of 4, 12 executions", origin());
    }

    @Test
    void float16SumsAbsorbWhatIsSmall() {
        assertEquals(2048, inOneBucket(2048, 1, 1, 1));
        assertEquals(2051, fold(DType.FLOAT32, perTensor(1), new float[] {2048}, new float[] {1}, new float[] {1}, new float[] {1}).max());
    }

    @Test
    void float16SumsThatOverflowAreRefused() {
        var e = assertThrows(CalibrationException.class, () -> inOneBucket(40000, 40000));
        assertEquals("reference-default: found an amax of Infinity in FLOAT16; expected finite", e.getMessage());
    }

    @Test
    void overflowInABucketThatDoesNotCountIsNoHarm() {
        float[][] calls = {{1}, {40000}, {1}, {40000}};
        assertEquals(2, fold(DType.FLOAT16, perTensor(2, 0.5), calls).max());
    }

    @Test
    void sumsAsLibtorchDoes() {
        for (DType type : new DType[] {DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32}) {
            Random random = new Random(21);
            float[][] calls = new float[40][];
            for (int i = 0; i < calls.length; i++) {
                calls[i] = new float[] {(float) Math.exp(4 * random.nextGaussian())};
            }
            assertEquals(sum(type, calls), fold(type, perTensor(1), calls).max(), type.toString());
        }
    }

    private static float sum(DType type, float[][] calls) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Float with(EagerOps<T> ops) {
                T sum = ops.constant(calls[0], Shape.of(1), type);
                for (int i = 1; i < calls.length; i++) {
                    sum = ops.add(sum, ops.constant(calls[i], Shape.of(1), type));
                }
                return ops.toFloats(sum)[0];
            }
        });
    }
}
