package io.halftone.quant;

import io.halftone.ops.Layer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * From observations to what runs in place of each layer: max, smoothquant ... Found by {@link io.halftone.model.Named}.
 * Calibrating gives data, and the data gives rewrites, so that a restored checkpoint runs what was calibrated. Stateless.
 */
@ConsumerType
public interface Algorithm {
    /** The names of the options that change what this algorithm does; others are refused. */
    Set<String> options();

    /**
     * Refuses values that cannot be honoured, before work begins. The names are those of {@link #options}.
     *
     * @throws IllegalArgumentException naming the option, what was found and what was expected
     */
    default void check(Map<String, String> values) {
    }

    /**
     * Calibrates every planned layer.
     *
     * @return one state for each layer of the plan, in the plan's order
     * @throws CalibrationException if a site's range cannot be had; the message names it
     */
    List<LayerState> calibrate(CalibrationRun run);

    /** What runs in place of the layer. */
    LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format);
}
