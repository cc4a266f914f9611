package io.halftone.scheduler.dpm.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Extrapolates the denoised latents of the latest steps, as many as the order of the step; in float32. Its calls are made in
 * order. The names are those of the paper: m for denoised latents, d for their differences, r for ratios of steps in lambda.
 */
final class DpmSampler<T> implements Schedule.Sampler<T> {
    private final EagerOps<T> ops;
    private final List<Level> levels;
    private final Prediction prediction;
    private final Solver solver;
    /** The latest denoised latents, those of a call at its number modulo the order. */
    private final List<EagerOps.Cell<T>> denoised = new ArrayList<>();
    private int next;

    DpmSampler(EagerOps<T> ops, List<Level> levels, Prediction prediction, Solver solver) {
        this.ops = ops;
        this.levels = levels;
        this.prediction = prediction;
        this.solver = solver;
        for (int i = 0; i < solver.order(); i++) {
            denoised.add(ops.cell());
        }
    }

    private int steps() {
        return levels.size() - 1;
    }

    @Override
    public T scaleInput(T latents, int call) {
        Objects.checkIndex(call, steps());
        return latents;
    }

    @Override
    public T step(T output, T latents, int call) {
        Objects.checkIndex(call, steps());
        if (call != next) {
            throw new IllegalStateException("step: found call " + call + "; expected " + next);
        }
        next++;
        T sample = ops.cast(latents, DType.FLOAT32);
        Level from = levels.get(call);
        denoised.get(call % solver.order()).set(denoised(ops.cast(output, DType.FLOAT32), sample, from));
        Level to = levels.get(call + 1);
        float h = to.lambda() - from.lambda();
        float e = exp(-h) - 1;
        T m0 = m(call, 0);
        T first = ops.sub(times(to.deviation() / from.deviation(), sample), times(to.alpha() * e, m0));
        int order = solver.orderAt(call, steps());
        if (order == 1) {
            return first;
        }
        float r0 = (from.lambda() - levels.get(call - 1).lambda()) / h;
        T d10 = times(1 / r0, ops.sub(m0, m(call, 1)));
        if (order == 2) {
            return solver.heun()
                ? ops.add(first, times(to.alpha() * (e / h + 1), d10))
                : ops.sub(first, times(0.5f * (to.alpha() * e), d10));
        }
        float r1 = (levels.get(call - 1).lambda() - levels.get(call - 2).lambda()) / h;
        T d11 = times(1 / r1, ops.sub(m(call, 1), m(call, 2)));
        T change = ops.sub(d10, d11);
        T d1 = ops.add(d10, times(r0 / (r0 + r1), change));
        T d2 = times(1 / (r0 + r1), change);
        T second = ops.add(first, times(to.alpha() * (e / h + 1), d1));
        return ops.sub(second, times(to.alpha() * ((e + h) / (h * h) - 0.5f), d2));
    }

    private T denoised(T output, T sample, Level at) {
        return switch (prediction) {
            case EPSILON -> ops.div(ops.sub(sample, times(at.deviation(), output)), constant(at.alpha()));
            case V_PREDICTION -> ops.sub(times(at.alpha(), sample), times(at.deviation(), output));
            case SAMPLE, FLOW_PREDICTION -> prediction.denoised(ops, output, sample, at.sigma());
        };
    }

    /** The denoised latents of that many calls before a call. */
    private T m(int call, int ago) {
        return denoised.get((call - ago) % solver.order()).get();
    }

    private T times(float factor, T x) {
        return ops.mul(constant(factor), x);
    }

    private T constant(float value) {
        return ops.constant(value, DType.FLOAT32);
    }

    private static float exp(float x) {
        return (float) Math.exp(x);
    }

    @Override
    public void close() {
        denoised.forEach(EagerOps.Cell::close);
    }
}
