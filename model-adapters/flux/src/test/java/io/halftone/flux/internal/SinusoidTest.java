package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import org.junit.jupiter.api.Test;

class SinusoidTest {
    @Test
    void putsCosinesOfFallingFrequenciesBeforeSines() {
        float[] embedded = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(Sinusoid.apply(ops, ops.constant(new float[] {0, 900}, Shape.of(2), DType.FLOAT32)));
            }
        });
        assertEquals(2 * 256, embedded.length);
        for (int i = 0; i < 128; i++) {
            assertEquals(1, embedded[i], "cosine of step 0");
            assertEquals(0, embedded[128 + i], "sine of step 0");
            double angle = 900 * Math.pow(10_000, -i / 128.0);
            // exponents of up to 9.2 and angles of up to 900 are rounded to 24 bits
            double tolerance = 2e-6 * angle + 1e-6;
            assertEquals(Math.cos(angle), embedded[256 + i], tolerance, "cosine " + i);
            assertEquals(Math.sin(angle), embedded[384 + i], tolerance, "sine " + i);
        }
    }
}
