package io.halftone.scheduler.dpm.internal;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** One call of the backbone for each step. */
final class DpmSchedule implements Schedule {
    private final DpmLevels levels;
    private final Prediction prediction;
    private final Solver solver;

    DpmSchedule(DpmLevels levels, Prediction prediction, Solver solver) {
        this.levels = levels;
        this.prediction = prediction;
        this.solver = solver;
    }

    @Override
    public int calls() {
        return levels.timesteps().size();
    }

    @Override
    public int step(int call) {
        return Objects.checkIndex(call, calls());
    }

    @Override
    public double timestep(int call) {
        return levels.timesteps().get(step(call));
    }

    @Override
    public double[] sigmas() {
        return levels.levels().stream().mapToDouble(Level::sigma).toArray();
    }

    @Override
    public double initialNoiseScale() {
        return 1;
    }

    @Override
    public <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise) {
        return new DpmSampler<>(ops, levels.levels(), prediction, solver);
    }
}
