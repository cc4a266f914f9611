package io.halftone.core.internal.run;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * Looks at what goes into and comes out of every layer, and stops at the first value that is not finite. Slow: it waits for each, so it
 * is for a run that is known to go wrong.
 */
public final class LocatingOps<T> extends ForwardingOps<T> {
    private static final int SHOWN = 80;

    private final EagerOps<T> ops;
    private final Report report;

    /** Makes an exception of what was found. */
    public interface Report {
        /**
         * The exception to stop with.
         *
         * @param layer  its full name
         * @param found  what it was, and which way it went
         * @param sample of the batch
         */
        RuntimeException of(String layer, String found, int sample);
    }

    /**
     * Operations that are looked at.
     *
     * @param target runs the layers
     * @param ops    reads what they take and give
     */
    public LocatingOps(Ops<T> target, EagerOps<T> ops, Report report) {
        super(target);
        this.ops = ops;
        this.report = report;
    }

    /**
     * A report of denoising steps.
     *
     * @param step    the one that runs, counted from 0
     * @param prompts of the batch; a guided batch has them twice
     */
    public static Report denoising(IntSupplier step, List<String> prompts, Function<String, RuntimeException> exception) {
        return (layer, found, sample) -> {
            String prompt = prompts.get(sample % prompts.size());
            return exception.apply(layer + ": found " + found + " at step " + step.getAsInt() + " of the prompt \""
                + (prompt.length() > SHOWN ? prompt.substring(0, SHOWN) + "..." : prompt) + "\"; expected finite values: try another model dtype");
        };
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        check(layer, "into", x);
        T y = target().linear(layer, x);
        check(layer, "out of", y);
        return y;
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        check(layer, "into", x);
        T y = target().conv(layer, x);
        check(layer, "out of", y);
        return y;
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        for (T x : List.of(q, k, v)) {
            check(layer, "into", x);
        }
        T y = target().attention(layer, q, k, v);
        check(layer, "out of", y);
        return y;
    }

    private void check(Layer layer, String way, T x) {
        ops.region("", () -> {
            int[] within = IntStream.range(1, ops.shape(x).rank()).toArray();
            T magnitudes = ops.cast(ops.abs(x), DType.FLOAT32);
            float[] samples = ops.toFloats(within.length == 0 ? magnitudes : ops.amax(magnitudes, within));
            for (int i = 0; i < samples.length; i++) {
                if (!Float.isFinite(samples[i])) {
                    throw report.of(layer.name(), (Float.isNaN(samples[i]) ? "NaN" : "infinity") + " going " + way + " it", i);
                }
            }
            return List.of();
        });
    }
}
