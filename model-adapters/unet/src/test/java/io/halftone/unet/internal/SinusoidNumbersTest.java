package io.halftone.unet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of an embedding, which the scope that all adapters share knows only as operations. */
class SinusoidNumbersTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void embedsStepsAsCosinesAndSinesOfFallingFrequencies(boolean cosineFirst) {
        float[] embedded = Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T steps = ops.constant(new float[] {0, 900}, Shape.of(2), DType.FLOAT16);
                return ops.toFloats(new Scope<>(ops).sinusoid(steps, 256, cosineFirst, 0));
            }
        });
        assertEquals(2 * 256, embedded.length);
        int cosines = cosineFirst ? 0 : 128;
        for (int i = 0; i < 128; i++) {
            assertEquals(1, embedded[cosines + i], "cosine of step 0");
            assertEquals(0, embedded[128 - cosines + i], "sine of step 0");
            double angle = 900 * Math.pow(10_000, -i / 128.0);
            // exponents of up to 9.2 and angles of up to 900 are rounded to 24 bits
            double tolerance = 2e-6 * angle + 1e-6;
            assertEquals(Math.cos(angle), embedded[256 + cosines + i], tolerance, "cosine " + i);
            assertEquals(Math.sin(angle), embedded[384 - cosines + i], tolerance, "sine " + i);
        }
    }
}
