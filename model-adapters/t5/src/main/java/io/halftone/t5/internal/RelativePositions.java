package io.halftone.t5.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * What attention adds to its scores for how far apart two tokens are. Distances fall into buckets: near ones into one
 * each, far ones into ever wider ones, each direction into its own half. Source: transformers, modeling_t5.py,
 * T5Attention._relative_position_bucket and compute_bias.
 */
record RelativePositions(T5Config config) {
    /** The learned bias of each pair of tokens: (1, heads, tokens, tokens), queries before keys. */
    <T> T bias(Scope<T> a, long tokens) {
        var o = a.ops();
        T ids = o.constant(buckets(Math.toIntExact(tokens)), Shape.of(tokens, tokens), DType.INT64);
        T byPair = a.embedding("relative_attention_bias", config.buckets(), config.heads(), ids);
        return o.reshape(o.permute(byPair, 2, 0, 1), Shape.of(1, config.heads(), tokens, tokens));
    }

    private float[] buckets(int tokens) {
        float[] table = new float[tokens * tokens];
        for (int query = 0; query < tokens; query++) {
            for (int key = 0; key < tokens; key++) {
                table[query * tokens + key] = bucket(key - query);
            }
        }
        return table;
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
