package io.halftone.sd3.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.List;

/**
 * Embeds time steps as cosines, then sines, of falling frequencies, in float32 whatever the model computes in.
 * Source: diffusers, embeddings.py, Timesteps without a shift of frequencies.
 */
final class Sinusoid {
    /** Extent of the embedding. */
    static final int DIM = 256;
    /** The period of the lowest frequency, in steps, over 2 pi. */
    private static final double MAX_PERIOD = 10_000;

    private Sinusoid() {}

    /**
     * Embeds each step.
     *
     * @param steps of any type, (n)
     * @return (n, 256), float32
     */
    static <T> T apply(Ops<T> o, T steps) {
        T column = o.reshape(o.cast(steps, DType.FLOAT32), Shape.of(o.shape(steps).dim(0), Dim.of(1)));
        T angles = o.mul(column, o.constant(frequencies(), Shape.of(DIM / 2), DType.FLOAT32));
        return o.concat(-1, List.of(o.cos(angles), o.sin(angles)));
    }

    /** Rounded to float32 after each operation, as the source does. */
    private static float[] frequencies() {
        int half = DIM / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            float exponent = (float) -Math.log(MAX_PERIOD) * i / half;
            frequencies[i] = (float) Math.exp(exponent);
        }
        return frequencies;
    }
}
