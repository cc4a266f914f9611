package io.halftone.core.internal.quantize;

import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.Layer;
import io.halftone.ops.Parameters;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A backbone that is calibrated: its weights as changed, and what was decided for each layer.
 *
 * @param recipe     how it came to be
 * @param states     by layer
 * @param parameters the model's own tensors
 */
public record QuantizedModel(Recipe recipe, List<LayerState> states, Parameters parameters) {
    public QuantizedModel {
        states = List.copyOf(states);
    }

    /**
     * What runs in place of each quantized layer, by name.
     *
     * @throws CheckpointException if a state's layer is not in the model
     */
    public Map<String, LayerRewrite> rewrites(Scan scan, Plugins plugins) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        scan.layers().forEach(layer -> layers.put(layer.name(), layer));
        Map<String, LayerRewrite> rewrites = new LinkedHashMap<>();
        for (LayerState state : states) {
            Layer layer = layers.get(state.layer());
            if (layer == null) {
                throw new CheckpointException(state.layer() + ": found a quantized layer that the model has not; expected one of its "
                    + layers.size() + " layers");
            }
            rewrites.put(state.layer(), plugins.algorithms().get(state.algorithm()).rewrite(layer, state, plugins.formats().get(state.format())));
        }
        return rewrites;
    }

    /** The quantized tensors of each layer, by its name. */
    public Map<String, Set<Slot>> slots() {
        Map<String, Set<Slot>> slots = new LinkedHashMap<>();
        states.forEach(state -> slots.put(state.layer(), state.ranges().keySet()));
        return slots;
    }

    /** Full names of the parameters that algorithms added to those of the architecture. */
    public Set<String> added() {
        Set<String> added = new TreeSet<>();
        states.forEach(state -> state.parameters().forEach(name -> added.add(state.layer() + "." + name)));
        return added;
    }
}
