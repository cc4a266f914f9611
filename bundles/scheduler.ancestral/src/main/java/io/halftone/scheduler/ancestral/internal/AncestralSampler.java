package io.halftone.scheduler.ancestral.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** Steps down in float32; draws noise of the latents' shape at every call, the last one, where it counts for nothing, included. */
final class AncestralSampler<T> implements Schedule.Sampler<T> {
    private final EagerOps<T> ops;
    private final Generator<T> noise;
    private final float[] sigmas;
    private final Prediction prediction;

    AncestralSampler(EagerOps<T> ops, Generator<T> noise, float[] sigmas, Prediction prediction) {
        this.ops = ops;
        this.noise = noise;
        this.sigmas = sigmas;
        this.prediction = prediction;
    }

    @Override
    public T scaleInput(T latents, int call) {
        float sigma = sigmas[Objects.checkIndex(call, sigmas.length - 1)];
        return ops.div(latents, ops.constant((float) Math.sqrt(sigma * sigma + 1), ops.dtype(latents)));
    }

    @Override
    public T step(T output, T latents, int call) {
        float from = sigmas[Objects.checkIndex(call, sigmas.length - 1)];
        float to = sigmas[call + 1];
        float up = (float) Math.sqrt(to * to * (from * from - to * to) / (from * from));
        float down = (float) Math.sqrt(to * to - up * up);
        T sample = ops.cast(latents, DType.FLOAT32);
        T denoised = prediction.denoised(ops, ops.cast(output, DType.FLOAT32), sample, from);
        T derivative = ops.div(ops.sub(sample, denoised), constant(from));
        T lower = ops.add(sample, ops.mul(derivative, constant(down - from)));
        return ops.add(lower, ops.mul(noise.normal(ops.shape(sample)), constant(up)));
    }

    private T constant(float value) {
        return ops.constant(value, DType.FLOAT32);
    }

    @Override
    public void close() {
        // holds no tensor from step to step
    }
}
