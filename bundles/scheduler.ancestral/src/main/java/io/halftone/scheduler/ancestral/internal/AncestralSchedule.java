package io.halftone.scheduler.ancestral.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** Down the noise levels, one call of the backbone for each step. */
final class AncestralSchedule implements Schedule {
    private final float[] timesteps;
    private final float[] sigmas;
    private final Prediction prediction;
    private final float initialNoiseScale;

    /**
     * A schedule.
     *
     * @param timesteps descending, one for each step
     * @param sigmas    the noise level before each step, then 0
     */
    AncestralSchedule(float[] timesteps, float[] sigmas, Prediction prediction, float initialNoiseScale) {
        this.timesteps = timesteps;
        this.sigmas = sigmas;
        this.prediction = prediction;
        this.initialNoiseScale = initialNoiseScale;
    }

    @Override
    public int calls() {
        return timesteps.length;
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, calls());
    }

    @Override
    public double timestep(int call) {
        return timesteps[step(call)];
    }

    @Override
    public double[] sigmas() {
        double[] copy = new double[sigmas.length];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = sigmas[i];
        }
        return copy;
    }

    @Override
    public double initialNoiseScale() {
        return initialNoiseScale;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new AncestralSampler<>(ops, noise, sigmas, prediction);
    }
}
