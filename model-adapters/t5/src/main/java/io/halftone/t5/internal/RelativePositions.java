package io.halftone.t5.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * What attention adds to its scores for how far apart two tokens are. Distances fall into buckets: near ones into one
 * each, far ones into ever wider ones, each direction into its own half. Source: transformers, modeling_t5.py,
 * T5Attention._relative_position_bucket and compute_bias.
 */
record RelativePositions(T5Config config) {
    /** The longest text whose length is no number. */
    static final int MOST_TOKENS = 512;

    /** The learned bias of each pair of tokens: (1, heads, tokens, tokens), queries before keys. */
    <T> T bias(Scope<T> a, Dim tokens) {
        var o = a.ops();
        int most = tokens.isNumber() ? Math.toIntExact(tokens.size()) : MOST_TOKENS;
        // whole numbers in float32 are exact
        T buckets = o.cast(o.constant(buckets(most), Shape.of(2L * most - 1), DType.FLOAT32), DType.INT64);
        T byDistance = a.embedding("relative_attention_bias", config.buckets(), config.heads(), buckets);
        T places = o.slice(o.constant(upTo(most), Shape.of(most), DType.FLOAT32), 0, Dim.of(0), tokens);
        T keys = o.add(o.reshape(places, Shape.of(Dim.of(1), tokens)), o.constant(most - 1, DType.FLOAT32));
        T distances = o.cast(o.sub(keys, o.reshape(places, Shape.of(tokens, Dim.of(1)))), DType.INT64);
        T byPair = o.permute(o.embedding(byDistance, distances), 2, 0, 1);
        return o.reshape(byPair, Shape.of(Dim.of(1), Dim.of(config.heads()), tokens, tokens));
    }

    /** The buckets of the distances from 1 - tokens to tokens - 1, in order. */
    private float[] buckets(int tokens) {
        float[] buckets = new float[2 * tokens - 1];
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = bucket(i - (tokens - 1));
        }
        return buckets;
    }

    private static float[] upTo(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i;
        }
        return numbers;
    }

    /**
     * The bucket of a distance, in float32 step by step as the source computes it: a rounding decides on which side of a
     * bucket's edge a distance falls.
     *
     * @param distance from the token that attends to the one attended to
     */
    int bucket(int distance) {
        int half = config.buckets() / 2;
        int exact = half / 2;
        int direction = distance > 0 ? half : 0;
        int apart = Math.abs(distance);
        if (apart < exact) {
            return direction + apart;
        }
        float grown = (float) Math.log((float) apart / exact) / (float) Math.log((double) config.maxDistance() / exact) * (half - exact);
        return direction + Math.min(exact + (int) grown, half - 1);
    }
}
