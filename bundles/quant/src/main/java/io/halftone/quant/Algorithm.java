package io.halftone.quant;

import io.halftone.ops.Layer;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * From observations to what runs in place of each layer: max, smoothquant ... Found by {@link io.halftone.model.Named}.
 * First it says what must be seen of a layer; all layers are then observed in one run, in any order and on any number of
 * machines; then each layer is decided alone. Deciding gives data, and the data gives rewrites, so that a restored checkpoint
 * runs what was calibrated. Stateless.
 */
@ConsumerType
public interface Algorithm {
    /** The names of the options that change what this algorithm does; others are refused. */
    Set<String> options();

    /** The options that change what this algorithm does to a layer as it is planned: all of them, where nothing else is said. */
    default Set<String> options(Planned layer) {
        return options();
    }

    /** The values of options where the user gives none, as a recipe records them; options that are off unless given are not here. */
    default Map<String, String> usual() {
        return Map.of();
    }

    /**
     * Refuses values that cannot be honoured, before work begins. The names are those of {@link #options}.
     *
     * @throws IllegalArgumentException naming the option, what was found and what was expected
     */
    default void check(Map<String, String> values) {
    }

    /**
     * What must be seen of a layer: its input, or queries, keys and values. Weights need not be observed.
     *
     * @throws IllegalArgumentException if this algorithm cannot quantize the layer as planned
     */
    Map<Slot, Observation> observations(Planned layer);

    /**
     * Decides a layer.
     *
     * @throws CalibrationException if a site's range cannot be had; the message names it
     */
    LayerState decide(LayerRun run);

    /** What runs in place of the layer. */
    LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format);
}
