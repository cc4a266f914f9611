package io.halftone.core.internal.task;

import io.halftone.api.Explanation;
import io.halftone.checkpoint.StoredCheckpoint;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the layers of a checkpoint came to be quantized as they are. */
public final class Explanations {
    private static final int SUGGESTED = 5;

    private Explanations() {}

    /**
     * One layer, or every one where the name is empty. Scales are those that the format gives today; where it is not there, those that the
     * checkpoint has beside its codes.
     *
     * @throws IllegalArgumentException if the checkpoint has no quantized layer of that name
     */
    public static List<Explanation> of(Plugins plugins, Path checkpoint, String layer) {
        try (QuantizedCheckpoint file = QuantizedCheckpoint.open(checkpoint)) {
            List<LayerState> states = file.states();
            DType computeType = DType.valueOf(file.recipe().computeType());
            List<Explanation> found = states.stream().filter(state -> layer.isEmpty() || state.layer().equals(layer))
                .map(state -> of(plugins, computeType, state, file.stored())).toList();
            if (found.isEmpty()) {
                List<String> near = states.stream().map(LayerState::layer).filter(name -> name.contains(layer)).limit(SUGGESTED).toList();
                throw new IllegalArgumentException("layer " + layer + ": found none of that name among " + states.size() + " quantized layers of "
                    + checkpoint + "; expected one" + (near.isEmpty() ? "" : " such as " + String.join(", ", near)));
            }
            return found;
        }
    }

    private static Explanation of(Plugins plugins, DType computeType, LayerState state, StoredCheckpoint stored) {
        List<Explanation.Site> sites = new ArrayList<>();
        state.ranges().forEach((slot, range) -> {
            FormatScales its = plugins.formats().has(state.format()) ? FormatScales.of(plugins.formats().get(state.format()), range, computeType)
                : new FormatScales(stored.scales(state.layer(), slot), null);
            sites.add(new Explanation.Site(state.layer() + "." + slot.suffix(), state.origins().getOrDefault(slot, ""),
                range + scale(slot, range, its)));
        });
        List<String> further = new ArrayList<>();
        state.vectors().forEach((name, vector) -> further.add(name + ": " + vector.length + " numbers"));
        further.addAll(state.parameters());
        return new Explanation(state.layer(), state.format(), state.algorithm(), sites, further);
    }

    /** The scale, and what amax is divided by to give it. */
    static String scale(Slot slot, Range range, FormatScales its) {
        Blocks blocks = its.blocks();
        if (blocks != null && blocks.scale() == Blocks.Scale.E8M0) {
            return "; scales of " + blocks.size() + " elements each: powers of two, from their own largest magnitude";
        } else if (its.scales().length == 0) {
            return "";
        }
        float largest = 0;
        for (float scale : its.scales()) {
            largest = Math.max(largest, scale);
        }
        String value = range.max() == 0 ? largest + ", as all is 0" : largest + " = amax / " + Math.round(range.max() / largest);
        if (blocks != null) {
            return "; scales of " + blocks.size() + " elements each: " + blocks.scale() + " times " + value;
        } else if (slot == Slot.QUERY) {
            return "; scale about " + value;   // the attention's scale goes into it, as near as two numbers of the type come to that
        }
        return (its.scales().length == 1 ? "; scale " : "; " + its.scales().length + " scales, at most ") + value;
    }
}
