package io.halftone.scheduler.euler.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/**
 * Steps along the noise levels in float32. diffusers leaves the prediction in the backbone's type until it meets the
 * latents; here it is float32 from the start, which is the same for a backbone in float32.
 */
final class EulerSampler<T> implements Schedule.Sampler<T> {
    private final EagerOps<T> ops;
    private final NoiseLevels levels;
    private final Prediction prediction;

    EulerSampler(EagerOps<T> ops, NoiseLevels levels, Prediction prediction) {
        this.ops = ops;
        this.levels = levels;
        this.prediction = prediction;
    }

    @Override
    public T scaleInput(T latents, int call) {
        float sigma = levels.sigma(Objects.checkIndex(call, levels.steps()));
        return ops.div(latents, ops.constant((float) Math.sqrt(sigma * sigma + 1), ops.dtype(latents)));
    }

    @Override
    public T step(T output, T latents, int call) {
        float sigma = levels.sigma(Objects.checkIndex(call, levels.steps()));
        T from = ops.cast(latents, DType.FLOAT32);
        T denoised = prediction.denoised(ops, ops.cast(output, DType.FLOAT32), from, sigma);
        T derivative = ops.div(ops.sub(from, denoised), ops.constant(sigma, DType.FLOAT32));
        return ops.add(from, ops.mul(derivative, ops.constant(levels.sigma(call + 1) - sigma, DType.FLOAT32)));
    }

    @Override
    public void close() {
        // holds no tensor from step to step
    }
}
