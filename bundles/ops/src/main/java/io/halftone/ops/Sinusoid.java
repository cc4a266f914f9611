package io.halftone.ops;

import java.util.ArrayList;
import java.util.List;

/**
 * Embeds numbers as sines and cosines of falling frequencies, in float32 whatever the model computes in.
 * Source: diffusers, embeddings.py, get_timestep_embedding.
 *
 * @param dim         extent of the embedding; the last element of an odd one is 0
 * @param cosineFirst whether the cosines stand before the sines
 * @param freqShift   what the divisor of the exponents is less than half the extent
 */
record Sinusoid(int dim, boolean cosineFirst, double freqShift) {
    /** The period of the lowest frequency, in steps, over 2 pi. */
    private static final double MAX_PERIOD = 10_000;
    /** Models have a few hundred; a configuration may say two thousand million. */
    private static final int MOST_CHANNELS = 1 << 16;

    /**
     * Embeds each number.
     *
     * @param x numbers of any type, (n...)
     * @return (n..., dim), float32
     */
    <T> T apply(Ops<T> o, T x) {
        List<Dim> column = new ArrayList<>(o.shape(x).dims());
        column.add(Dim.of(1));
        T numbers = o.reshape(o.cast(x, DType.FLOAT32), new Shape(column));
        T angles = o.mul(numbers, o.constant(frequencies(), Shape.of(dim / 2), DType.FLOAT32));
        T sines = o.sin(angles);
        T cosines = o.cos(angles);
        T halves = o.concat(-1, cosineFirst ? List.of(cosines, sines) : List.of(sines, cosines));
        return dim % 2 == 0 ? halves : o.pad(halves, -1, 0, 1);
    }

    /** Rounded to float32 after each operation, as the source does. */
    private float[] frequencies() {
        if (dim < 1 || dim > MOST_CHANNELS) {
            throw new IllegalArgumentException("embedding: found " + dim + " channels; expected 1 to " + MOST_CHANNELS);
        }
        int half = dim / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++) {
            float exponent = (float) -Math.log(MAX_PERIOD) * i / (float) (half - freqShift);
            frequencies[i] = (float) Math.exp(exponent);
        }
        return frequencies;
    }
}
