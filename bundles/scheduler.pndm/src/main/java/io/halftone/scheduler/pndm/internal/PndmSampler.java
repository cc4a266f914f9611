package io.halftone.scheduler.pndm.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.pipeline.Schedule;
import io.halftone.scheduler.noise.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Combines the outputs of up to four calls, all but that of call 1, and moves along the combination; in float32. Its calls
 * are made in order.
 */
final class PndmSampler<T> implements Schedule.Sampler<T> {
    private static final int ORDER = 4;

    private final EagerOps<T> ops;
    private final PndmSchedule schedule;
    private final Prediction prediction;
    /** The latents before the first step, between calls 0 and 1. */
    private final EagerOps.Cell<T> first;
    /** The latest outputs, that of the k-th remembered call at k modulo their number. */
    private final List<EagerOps.Cell<T>> outputs = new ArrayList<>();
    private int next;
    private int remembered;

    PndmSampler(EagerOps<T> ops, PndmSchedule schedule, Prediction prediction) {
        this.ops = ops;
        this.schedule = schedule;
        this.prediction = prediction;
        this.first = ops.cell();
        for (int i = 0; i < ORDER; i++) {
            outputs.add(ops.cell());
        }
    }

    @Override
    public T scaleInput(T latents, int call) {
        Objects.checkIndex(call, schedule.calls());
        return latents;
    }

    @Override
    public T step(T output, T latents, int call) {
        Objects.checkIndex(call, schedule.calls());
        if (call != next) {
            throw new IllegalStateException("step: found call " + call + "; expected " + next);
        }
        next++;
        T out = ops.cast(output, DType.FLOAT32);
        T sample = ops.cast(latents, DType.FLOAT32);
        if (call == 0) {
            first.set(sample);
        }
        if (call == 1) {
            T moved = move(ops.div(ops.add(out, recent(0)), constant(2)), first.get(), call);
            first.close();
            return moved;
        }
        outputs.get(remembered++ % ORDER).set(out);
        return move(combined(), sample, call);
    }

    /** Source: the paper's equation 12, and Adams-Bashforth of lower order before. */
    private T combined() {
        return switch (Math.min(remembered, ORDER)) {
            case 1 -> recent(0);
            case 2 -> ops.div(ops.sub(times(3, 0), recent(1)), constant(2));
            case 3 -> ops.div(ops.add(ops.sub(times(23, 0), times(16, 1)), times(5, 2)), constant(12));
            default -> ops.mul(constant(1 / 24.0), ops.sub(ops.add(ops.sub(times(55, 0), times(59, 1)), times(37, 2)), times(9, 3)));
        };
    }

    /** The output of that many remembered calls ago. */
    private T recent(int ago) {
        return outputs.get((remembered - 1 - ago) % ORDER).get();
    }

    private T times(int factor, int ago) {
        return ops.mul(constant(factor), recent(ago));
    }

    /** The paper's equation 9. */
    private T move(T output, T sample, int call) {
        float from = schedule.shareBefore(call);
        float to = schedule.shareAfter(call);
        T epsilon = prediction == Prediction.EPSILON ? output
            : ops.add(ops.mul(constant(sqrt(from)), output), ops.mul(constant(sqrt(1 - from)), sample));
        float divisor = from * sqrt(1 - to) + sqrt(from * (1 - from) * to);
        return ops.sub(ops.mul(constant(sqrt(to / from)), sample),
            ops.div(ops.mul(constant(to - from), epsilon), constant(divisor)));
    }

    private static float sqrt(float x) {
        return (float) Math.sqrt(x);
    }

    private T constant(double value) {
        return ops.constant(value, DType.FLOAT32);
    }

    @Override
    public void close() {
        first.close();
        outputs.forEach(EagerOps.Cell::close);
    }
}
