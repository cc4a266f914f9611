package io.halftone.scheduler.ddim.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** One call of the backbone for each step. */
final class DdimSchedule implements Schedule {
    private final DdimMove[] moves;
    private final Prediction prediction;
    private final double clip;

    /**
     * A schedule.
     *
     * @param clip the largest magnitude of denoised latents; may be infinite
     */
    DdimSchedule(DdimMove[] moves, Prediction prediction, double clip) {
        this.moves = moves;
        this.prediction = prediction;
        this.clip = clip;
    }

    @Override
    public int calls() {
        return moves.length;
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, moves.length);
    }

    @Override
    public double timestep(int call) {
        return moves[call].timestep();
    }

    /** {@inheritDoc} Infinite where no signal is left. */
    @Override
    public double[] sigmas() {
        double[] sigmas = new double[moves.length + 1];
        for (int i = 0; i < moves.length; i++) {
            sigmas[i] = sigma(moves[i].from());
        }
        sigmas[moves.length] = sigma(moves[moves.length - 1].to());
        return sigmas;
    }

    private static float sigma(float share) {
        return (float) Math.sqrt((1 - share) / share);
    }

    @Override
    public double initialNoiseScale() {
        return 1;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new DdimSampler<>(ops, moves, prediction, clip);
    }
}
