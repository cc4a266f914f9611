package io.halftone.scheduler.ddim.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.Objects;

/** From the predicted sample, back to the next time step along the predicted noise; in float32. */
final class DdimSampler<T> implements Schedule.Sampler<T> {
    private final EagerOps<T> ops;
    private final DdimMove[] moves;
    private final Prediction prediction;
    private final double clip;

    DdimSampler(EagerOps<T> ops, DdimMove[] moves, Prediction prediction, double clip) {
        this.ops = ops;
        this.moves = moves;
        this.prediction = prediction;
        this.clip = clip;
    }

    @Override
    public T scaleInput(T latents, int call) {
        Objects.checkIndex(call, moves.length);
        return latents;
    }

    @Override
    public T step(T output, T latents, int call) {
        DdimMove move = moves[Objects.checkIndex(call, moves.length)];
        T out = ops.cast(output, DType.FLOAT32);
        T sample = ops.cast(latents, DType.FLOAT32);
        T signal = root(move.from());
        T noise = root(1 - move.from());
        T denoised = switch (prediction) {
            case EPSILON -> ops.div(ops.sub(sample, ops.mul(noise, out)), signal);
            case V_PREDICTION -> ops.sub(ops.mul(signal, sample), ops.mul(noise, out));
            default -> out;
        };
        T epsilon = switch (prediction) {
            case EPSILON -> out;
            case V_PREDICTION -> ops.add(ops.mul(signal, out), ops.mul(noise, sample));
            default -> ops.div(ops.sub(sample, ops.mul(signal, denoised)), noise);
        };
        T clipped = Double.isInfinite(clip) ? denoised : ops.clamp(denoised, -clip, clip);
        return ops.add(ops.mul(root(move.to()), clipped), ops.mul(root(1 - move.to()), epsilon));
    }

    private T root(float x) {
        return ops.constant((float) Math.sqrt(x), DType.FLOAT32);
    }

    @Override
    public void close() {
        // holds no tensor from step to step
    }
}
