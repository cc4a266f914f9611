package io.halftone.scheduler.flowmatch.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import java.util.Objects;

/** One call of the backbone for each step; its time steps are levels times the number of training time steps. */
final class FlowMatchSchedule implements Schedule {
    private final float[] sigmas;
    private final int trained;
    private final boolean stochastic;

    /**
     * A schedule.
     *
     * @param sigmas     the level before each step, then 0
     * @param stochastic whether each step goes down to the denoised latents and up again by new noise
     */
    FlowMatchSchedule(float[] sigmas, int trained, boolean stochastic) {
        this.sigmas = sigmas;
        this.trained = trained;
        this.stochastic = stochastic;
    }

    @Override
    public int calls() {
        return sigmas.length - 1;
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, calls());
    }

    @Override
    public double timestep(int call) {
        return sigmas[step(call)] * trained;
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
        return 1;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new FlowMatchSampler<>(ops, noise, sigmas, stochastic);
    }
}
