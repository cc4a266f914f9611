package io.halftone.scheduler.euler.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** Euler's method along the noise levels, one call of the backbone for each step; adds no noise. */
final class EulerSchedule implements Schedule {
    private final NoiseLevels levels;
    private final Prediction prediction;
    private final float initialNoiseScale;

    EulerSchedule(NoiseLevels levels, Prediction prediction, float initialNoiseScale) {
        this.levels = levels;
        this.prediction = prediction;
        this.initialNoiseScale = initialNoiseScale;
    }

    @Override
    public int calls() {
        return levels.steps();
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, calls());
    }

    @Override
    public double timestep(int call) {
        return levels.timestep(step(call));
    }

    @Override
    public double[] sigmas() {
        double[] sigmas = new double[levels.steps() + 1];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = levels.sigma(i);
        }
        return sigmas;
    }

    @Override
    public double initialNoiseScale() {
        return initialNoiseScale;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new EulerSampler<>(ops, levels, prediction);
    }
}
