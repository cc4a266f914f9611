package io.halftone.core.internal.calibrate;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.quant.CalibrationException;
import java.util.List;
import java.util.stream.IntStream;

/** Looks at what goes into and comes out of every layer, and stops at the first value that is not finite. Slow: it waits for each. */
final class LocatingOps<T> extends ForwardingOps<T> {
    private static final int SHOWN = 80;

    private final EagerOps<T> ops;
    private final List<String> prompts;
    private int step = -1;

    /**
     * @param prompts of the batch; a guided batch has them twice
     */
    LocatingOps(EagerOps<T> ops, List<String> prompts) {
        super(ops);
        this.ops = ops;
        this.prompts = prompts;
    }

    /** What is seen from now on belongs to this denoising step. */
    void step(int next) {
        step = next;
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
                    String prompt = prompts.get(i % prompts.size());
                    throw new CalibrationException(layer.name() + ": found " + (Float.isNaN(samples[i]) ? "NaN" : "infinity") + " going " + way
                        + " it at step " + step + " of the prompt \"" + (prompt.length() > SHOWN ? prompt.substring(0, SHOWN) + "..." : prompt)
                        + "\"; expected finite values: try another model dtype");
                }
            }
            return List.of();
        });
    }
}
