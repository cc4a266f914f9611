package io.halftone.scheduler.noise;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import java.util.Arrays;
import java.util.Locale;

/** What a backbone predicts of noisy latents, {@code prediction_type}. */
public enum Prediction {
    /** The noise. */
    EPSILON,
    /** The velocity. Source: Salimans and Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", 2022. */
    V_PREDICTION,
    /** The latents without noise. */
    SAMPLE,
    /** The velocity from latents to noise along a straight line. Source: Liu and others, "Flow Straight and Fast", 2022. */
    FLOW_PREDICTION;

    /**
     * Reads what a scheduler's configuration says; noise where it says nothing.
     *
     * @param allowed what the scheduler has
     * @throws IllegalArgumentException if it says something else
     */
    public static Prediction read(ModelConfig config, Prediction... allowed) {
        config.expect("prediction_type", Arrays.stream(allowed).map(p -> p.name().toLowerCase(Locale.ROOT)).toArray());
        return valueOf(config.string("prediction_type", "epsilon").toUpperCase(Locale.ROOT));
    }

    /**
     * The latents without noise. Latents are the signal plus sigma times unit noise; those of a flow lie between the
     * signal and unit noise, the share sigma of the way.
     *
     * @param prediction what the backbone gave, float32
     * @param latents    what it was asked about, unscaled, float32
     * @param sigma      their noise level
     */
    public <T> T denoised(Ops<T> ops, T prediction, T latents, float sigma) {
        float variance = sigma * sigma + 1;
        return switch (this) {
            case EPSILON, FLOW_PREDICTION -> ops.sub(latents, ops.mul(constant(ops, sigma), prediction));
            case V_PREDICTION -> ops.add(ops.mul(prediction, constant(ops, -sigma / (float) Math.sqrt(variance))),
                ops.div(latents, constant(ops, variance)));
            case SAMPLE -> prediction;
        };
    }

    private static <T> T constant(Ops<T> ops, float value) {
        return ops.constant(value, DType.FLOAT32);
    }
}
