package io.halftone.algorithm.smoothquant;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One factor for each input channel of a linear layer: the channel is multiplied with it, the weight's column divided by it.
 * Both sides use the factor as the compute type holds it. A dead channel, of the input or of the weight, keeps factor 1.
 * Source: Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4, with the factor inverted.
 */
public final class Smoothing implements LayerRun.WeightChange {
    /** The name of the factors among a state's vectors. */
    public static final String VECTOR = "input_quantizer._pre_quant_scale";
    /** Magnitudes up to this are those of a dead channel. */
    private static final float DEAD = 0x1p-31f;
    private static final float LEAST = 1e-4f;
    private static final float GREATEST = 1e4f;

    private final double alpha;
    private final float[] a;
    private final float[] factors;
    private final int dead;

    private Smoothing(double alpha, float[] a, float[] w, DType type) {
        this.alpha = alpha;
        this.a = a;
        factors = new float[a.length];
        int unmoved = 0;
        for (int j = 0; j < a.length; j++) {
            if (a[j] <= DEAD || w[j] <= DEAD) {
                factors[j] = 1;
                unmoved++;
            } else {
                double factor = Math.pow(w[j], 1 - alpha) / Math.pow(a[j], alpha);
                factors[j] = Float16.rounded(Math.min(GREATEST, Math.max(LEAST, (float) factor)), type);
            }
        }
        dead = unmoved;
    }

    /**
     * w^(1 - alpha) / a^alpha, from 1e-4 to 1e4.
     *
     * @param alpha how much of the difficulty moves to the weight: 0 to 1
     * @param a     largest magnitude of each input channel
     * @param w     largest magnitude of each column of the weight
     * @param type  the compute type, which factors are rounded to
     */
    public static Smoothing of(double alpha, float[] a, float[] w, DType type) {
        return new Smoothing(alpha, a.clone(), w, type);
    }

    /** The factors of a run's layer, observed as {@link #observations} asks. */
    public static Smoothing of(double alpha, LayerRun run) {
        return new Smoothing(alpha, run.seen(Slot.INPUT).amax(), run.weight(1).amax(), run.computeType());
    }

    /** Whether a layer can be smoothed: one whose input is rounded as well, and is multiplied with a matrix. */
    public static boolean applies(Planned planned) {
        return planned.layer() instanceof Layer.Linear && planned.slots().contains(Slot.INPUT);
    }

    /** What must be seen of a layer that is smoothed: the largest magnitude of each channel of its input. */
    public static Map<Slot, Observation> observations() {
        return Map.of(Slot.INPUT, new Observation("max", -1));
    }

    /** The factors. */
    public float[] factors() {
        return factors.clone();
    }

    @Override
    public <T> Values<T> apply(EagerOps<T> ops, T w) {
        return Values.of(LayerRun.WEIGHT, divide(ops, w));
    }

    /** A weight with its columns divided by the factors. */
    public <T> T divide(EagerOps<T> ops, T w) {
        return ops.div(w, ops.constant(factors, Shape.of(factors.length), ops.dtype(w)));
    }

    /** The state of the layer, once its weight is changed. */
    public LayerState state(LayerRun run) {
        Planned planned = run.planned();
        Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
        Map<Slot, String> origins = new EnumMap<>(Slot.class);
        for (Slot slot : planned.slots()) {
            switch (slot) {
                case INPUT -> {
                    int j = largest();
                    ranges.put(slot, Range.of(a[j] * factors[j]));
                    origins.put(slot, "largest of a_j * s_j over " + a.length + " channels: " + a[j] + " * " + factors[j]
                        + " in channel " + j + "; alpha " + alpha + (dead == 0 ? "" : "; dead channels with factor 1: " + dead)
                        + "; a_j: " + run.origin(slot));
                }
                case WEIGHT -> {
                    ranges.put(slot, run.weight(planned.weightAxis()));
                    origins.put(slot, DirectRanges.weightOrigin(planned) + ", divided by s_j");
                }
                default -> throw new CalibrationException(planned.layer().name() + "." + slot.suffix()
                    + ": found a slot that nothing observes; expected input or weight");
            }
        }
        return LayerState.of(planned, ranges, origins).with(Map.of(VECTOR, factors), List.of());
    }

    private int largest() {
        int largest = 0;
        for (int j = 1; j < a.length; j++) {
            largest = a[j] * factors[j] > a[largest] * factors[largest] ? j : largest;
        }
        return largest;
    }
}
