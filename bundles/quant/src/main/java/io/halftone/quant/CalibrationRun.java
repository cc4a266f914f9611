package io.halftone.quant;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** What an algorithm works with: the plan, the real denoising loop to observe, and the weights. For use by one thread. */
@ProviderType
public interface CalibrationRun {
    /**
     * A layer that is to be quantized.
     *
     * @param layer      where
     * @param slots      which of its tensors
     * @param formatName the format's name
     * @param format     how
     */
    record Planned(Layer layer, Set<Slot> slots, String formatName, QuantFormat format) {
        public Planned {
            slots = Set.copyOf(slots);
        }

        /** The axis of the weight that keeps an amax for each index, as the format asks; -1 for one amax. */
        public int weightAxis() {
            return format.granularity(layer, Slot.WEIGHT).filter(g -> g == Granularity.PER_CHANNEL).isPresent() ? 0 : -1;
        }
    }

    /** A change of a weight. */
    interface WeightChange {
        /** The weight to use in place of w, of its shape; in any type. */
        <T> T apply(EagerOps<T> ops, T w);
    }

    /** The layers to quantize, in the order in which the model runs them. */
    List<Planned> plan();

    /** The type that the model computes in: what changed weights are rounded to. */
    DType computeType();

    /** An option's value; throws {@link IllegalArgumentException} if it is not a number. */
    double option(String name, double absent);

    /** The collector that the user chose. */
    Collector collector();

    /** The collector of that name; throws {@link IllegalArgumentException} listing those there are. */
    Collector collector(String name);

    /**
     * Runs every sample through every denoising step, and folds what the sites see.
     *
     * @param collectors  how to fold each site
     * @param channelAxis for each site the axis that keeps an amax for each index; none for one amax
     * @param rewrites    what runs in place of layers meanwhile, by layer name
     */
    Map<Site, Range> observe(Map<Site, Collector> collectors, Map<Site, Integer> channelAxis, Map<String, LayerRewrite> rewrites);

    /**
     * The largest magnitudes of a layer's weight, as last changed.
     *
     * @param axis the axis that keeps an amax for each index, from 0; -1 for one amax
     */
    Range weight(Layer layer, int axis);

    /** Changes a layer's weight: computed now in float32, rounded to the compute type, kept with the checkpoint. */
    void changeWeight(Layer layer, WeightChange change);
}
