package io.halftone.autoencoder;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes pictures of a backbone's latents: undoes the scale that training put on them, runs the decoder, whole or tile by tile,
 * and brings its -1 to 1 to 0 to 1. Sources: diffusers, the decoding at the end of pipeline_stable_diffusion_xl.py and
 * pipeline_stable_diffusion_3.py; image_processor.py, denormalize. Stateless.
 *
 * <p>The keys of the configuration: {@code scaling_factor}; {@code shift_factor}, added behind it; {@code latents_mean} and
 * {@code latents_std}, which count where there are both; {@code sample_size}, the side of a tile in pixels. What is absent changes
 * nothing.
 */
public final class LatentDecoder {
    private static final String COMPONENT = "vae";
    /** diffusers' default. */
    private static final double SCALING_FACTOR = 0.18215;

    private final ModelConfig vae;

    /** A decoder by the configuration of the component {@code vae}. */
    public LatentDecoder(ModelConfig vae) {
        this.vae = vae;
    }

    /**
     * Pictures of latents. Tile by tile where {@link Components#tiledDecoding} asks for it and the latents are larger than a tile.
     *
     * @param latents (batch, channels, height, width), of any type
     * @return (batch, 3, pixels down, pixels across), float32, 0 to 1
     */
    public <T> T decode(Components<T> components, T latents) {
        EagerOps<T> o = components.ops();
        return o.region("", () -> {
            T raw = unscaled(o, o.cast(latents, DType.FLOAT32));
            UnaryOperator<T> decoder = z -> o.cast(components.run(COMPONENT, Values.of("latent_sample", z)).get("sample"), DType.FLOAT32);
            T sample = components.tiledDecoding() ? Tiles.of(vae).decode(o, raw, decoder) : decoder.apply(raw);
            T half = o.constant(0.5, DType.FLOAT32);
            return List.of(o.clamp(o.add(o.mul(sample, half), half), 0, 1));
        }).get(0);
    }

    /** The latents as the decoder was trained on them. */
    private <T> T unscaled(Ops<T> o, T latents) {
        T factor = o.constant(vae.doubleValue("scaling_factor", SCALING_FACTOR), DType.FLOAT32);
        boolean normalized = vae.has("latents_mean") && vae.has("latents_std");
        T raw = normalized
            ? o.add(o.div(o.mul(latents, perChannel(o, latents, "latents_std")), factor), perChannel(o, latents, "latents_mean"))
            : o.div(latents, factor);
        return vae.has("shift_factor") ? o.add(raw, o.constant(vae.doubleValue("shift_factor"), DType.FLOAT32)) : raw;
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
