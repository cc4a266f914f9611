package io.halftone.scheduler.flowmatch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import java.util.Objects;

/** Moves along the predicted velocity, in float32. */
final class FlowMatchSampler<T> implements Schedule.Sampler<T> {
    private final EagerOps<T> ops;
    private final Generator<T> noise;
    private final float[] sigmas;
    private final boolean stochastic;

    FlowMatchSampler(EagerOps<T> ops, Generator<T> noise, float[] sigmas, boolean stochastic) {
        this.ops = ops;
        this.noise = noise;
        this.sigmas = sigmas;
        this.stochastic = stochastic;
    }

    @Override
    public T scaleInput(T latents, int call) {
        Objects.checkIndex(call, sigmas.length - 1);
        return latents;
    }

    @Override
    public T step(T output, T latents, int call) {
        float from = sigmas[Objects.checkIndex(call, sigmas.length - 1)];
        float to = sigmas[call + 1];
        T velocity = ops.cast(output, DType.FLOAT32);
        T sample = ops.cast(latents, DType.FLOAT32);
        if (!stochastic) {
            return ops.add(sample, times(to - from, velocity));
        }
        T denoised = ops.sub(sample, times(from, velocity));
        return ops.add(times(1 - to, denoised), times(to, noise.normal(ops.shape(sample))));
    }

    private T times(float factor, T x) {
        return ops.mul(ops.constant(factor, DType.FLOAT32), x);
    }

    @Override
    public void close() {
        // holds no tensor from step to step
    }
}
