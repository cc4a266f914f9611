package io.halftone.quant;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** What an algorithm decides one layer with: the plan, what was seen, and the weight. For use by one thread. */
@ProviderType
public interface LayerRun {
    /** What {@link WeightChange} calls the layer's own weight. */
    String WEIGHT = "weight";

    /** A change of a layer's weight. */
    @ConsumerType
    interface WeightChange {
        /**
         * What takes the weight's place.
         *
         * @param w (out, in) or (out, in, kernel, kernel), float32
         * @return under {@link #WEIGHT} the weight to use in place of w, of its shape, in any type; and under names such as
         *     {@code weight_quantizer.svdquant_lora_a} further parameters of the layer, which the checkpoint then has and
         *     rewrites ask for by the layer's name, a dot, and that name
         */
        <T> Values<T> apply(EagerOps<T> ops, T w);
    }

    /** The layer, and what is planned for it. */
    Planned planned();

    /** The type that the model computes in: what changed weights are rounded to. */
    DType computeType();

    /** An option's value; throws {@link IllegalArgumentException} if it is not a number. */
    double option(String name, double absent);

    /**
     * The range of what an observed slot took.
     *
     * @throws CalibrationException     if it took nothing, or the range cannot be had
     * @throws IllegalArgumentException if it was not observed
     */
    Range seen(Slot slot);

    /** How the range of an observed slot came about, in a line for users; see {@link Collector#explain}. */
    String origin(Slot slot);

    /**
     * The largest magnitudes of the weight, as last changed, in the compute type.
     *
     * @param axis the axis that keeps an amax for each index, from 0; -1 for one amax
     */
    Range weight(int axis);

    /** Changes the weight: computed now in float32, rounded to the compute type, kept with the checkpoint. */
    void changeWeight(WeightChange change);
}
