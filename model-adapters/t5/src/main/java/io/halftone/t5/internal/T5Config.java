package io.halftone.t5.internal;

import io.halftone.model.ModelConfig;

/**
 * What a T5 configuration says of the encoder, checked.
 *
 * @param vocabulary  ids that there are
 * @param hidden      extent of a token's state
 * @param heads       of every attention
 * @param headDim     extent of a head; heads times it need not be the state's
 * @param wide        extent inside the feed-forward
 * @param layers      blocks of the encoder
 * @param epsilon     of every norm
 * @param gated       whether the feed-forward is GELU times a second projection; ReLU of one otherwise
 * @param buckets     distances that are told apart, both directions together; an even number from 4
 * @param maxDistance from which on all distances are one; more than a quarter of the buckets
 */
record T5Config(long vocabulary, long hidden, int heads, long headDim, long wide, int layers, double epsilon, boolean gated,
                int buckets, int maxDistance) {
    static T5Config of(ModelConfig c) {
        c.expect("feed_forward_proj", "relu", "gated-gelu");
        c.expect("dense_act_fn", c.string("feed_forward_proj", "relu").equals("relu") ? "relu" : "gelu_new");
        int buckets = c.intValue("relative_attention_num_buckets", 32);
        if (buckets < 4 || buckets % 2 != 0) {
            throw wrong(c, "relative_attention_num_buckets", buckets, "an even number from 4");
        }
        int maxDistance = c.intValue("relative_attention_max_distance", 128);
        if (maxDistance <= buckets / 4) {
            throw wrong(c, "relative_attention_max_distance", maxDistance, "more than " + buckets / 4);
        }
        return new T5Config(c.longValue("vocab_size"), c.longValue("d_model"), c.intValue("num_heads"), c.longValue("d_kv"),
            c.longValue("d_ff"), c.intValue("num_layers"), c.doubleValue("layer_norm_epsilon", 1e-6),
            c.string("feed_forward_proj", "relu").equals("gated-gelu"), buckets, maxDistance);
    }

    private static IllegalArgumentException wrong(ModelConfig c, String key, Object found, String expected) {
        return new IllegalArgumentException(c.source() + ": " + key + ": found " + found + "; expected " + expected);
    }
}
