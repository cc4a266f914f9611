package io.halftone.sdxl.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.List;

/** How the backbone's latents differ from the decoder's, as the decoder's configuration has it. */
record LatentScale(ModelConfig vae) {
    /** diffusers' default. */
    private static final double SCALING_FACTOR = 0.18215;

    /** From the backbone's latents to the decoder's: (batch, channels, height, width), float32. */
    <T> T undo(Ops<T> o, T latents) {
        T factor = o.constant(vae.doubleValue("scaling_factor", SCALING_FACTOR), DType.FLOAT32);
        if (!vae.has("latents_mean") || !vae.has("latents_std")) {
            return o.div(latents, factor);
        }
        return o.add(o.div(o.mul(latents, perChannel(o, latents, "latents_std")), factor), perChannel(o, latents, "latents_mean"));
    }

    private <T> T perChannel(Ops<T> o, T latents, String key) {
        long channels = o.shape(latents).dim(1).size();
        if (!(vae.asMap().get(key) instanceof List<?> values) || values.size() != channels
            || !values.stream().allMatch(Number.class::isInstance)) {
            throw new IllegalArgumentException(vae.source() + ": " + key + ": found " + vae.asMap().get(key) + "; expected "
                + channels + " numbers");
        }
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) values.get(i)).floatValue();
        }
        return o.constant(floats, Shape.of(1, channels, 1, 1), DType.FLOAT32);
    }
}
