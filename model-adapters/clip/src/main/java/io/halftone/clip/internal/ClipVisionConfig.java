package io.halftone.clip.internal;

import io.halftone.model.ModelConfig;

/**
 * What the vision part of a CLIP configuration says, checked.
 *
 * @param hidden       extent of a patch's state
 * @param intermediate extent inside the feed-forward
 * @param size         pixels of both sides of a picture
 * @param patch        pixels of both sides of a patch
 * @param epsilon      of every layer norm
 * @param quickGelu    whether the activation is x * sigmoid(1.702 x); GELU otherwise
 */
record ClipVisionConfig(long hidden, long intermediate, int layers, int heads, int size, int patch, double epsilon, boolean quickGelu) {
    static ClipVisionConfig of(ModelConfig c) {
        c.expect("hidden_act", "quick_gelu", "gelu");
        long hidden = c.intValue("hidden_size", 768);
        int heads = c.intValue("num_attention_heads", 12);
        int size = c.intValue("image_size", 224);
        int patch = c.intValue("patch_size", 32);
        if (hidden % heads != 0 || size % patch != 0) {
            throw new IllegalArgumentException(c.source() + ": found hidden_size " + hidden + ", num_attention_heads " + heads
                + ", image_size " + size
                + ", patch_size " + patch + "; expected heads that divide the size, and patches that divide the picture");
        }
        return new ClipVisionConfig(hidden, c.intValue("intermediate_size", 3072), c.intValue("num_hidden_layers", 12), heads, size, patch,
            c.doubleValue("layer_norm_eps", 1e-5), c.string("hidden_act", "quick_gelu").equals("quick_gelu"));
    }

    /** Patches of a picture. */
    long patches() {
        return (long) (size / patch) * (size / patch);
    }
}
