package io.halftone.core.internal.task;

import io.halftone.api.Explanation;
import io.halftone.checkpoint.StoredCheckpoint;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the layers of a checkpoint came to be quantized as they are. */
public final class Explanations {
    private static final int SUGGESTED = 5;

    private Explanations() {}

    /**
     * One layer, or every one where the name is empty.
     *
     * @throws IllegalArgumentException if the checkpoint has no quantized layer of that name
     */
    public static List<Explanation> of(Path checkpoint, String layer) {
        try (QuantizedCheckpoint file = QuantizedCheckpoint.open(checkpoint)) {
            List<LayerState> states = file.states();
            List<Explanation> found = states.stream().filter(state -> layer.isEmpty() || state.layer().equals(layer)).map(state -> of(state, file.stored())).toList();
            if (found.isEmpty()) {
                List<String> near = states.stream().map(LayerState::layer).filter(name -> name.contains(layer)).limit(SUGGESTED).toList();
                throw new IllegalArgumentException("layer " + layer + ": found none of that name among " + states.size() + " quantized layers of "
                    + checkpoint + "; expected one" + (near.isEmpty() ? "" : " such as " + String.join(", ", near)));
            }
            return found;
        }
    }

    private static Explanation of(LayerState state, StoredCheckpoint stored) {
        List<Explanation.Site> sites = new ArrayList<>();
        state.ranges().forEach((slot, range) -> sites.add(new Explanation.Site(state.layer() + "." + slot.suffix(),
            state.origins().getOrDefault(slot, ""), range + scale(range, stored.scales(state.layer(), slot)))));
        List<String> further = new ArrayList<>();
        state.vectors().forEach((name, vector) -> further.add(name + ": " + vector.length + " numbers"));
        further.addAll(state.parameters());
        return new Explanation(state.layer(), state.format(), state.algorithm(), sites, further);
    }

    /** The scale, and what amax is divided by to give it. */
    private static String scale(Range range, float[] scales) {
        if (scales.length == 0) {
            return "";
        }
        float largest = 0;
        for (float scale : scales) {
            largest = Math.max(largest, scale);
        }
        if (range.max() == 0) {
            return "; scale " + largest + ", as all is 0";
        }
        return (scales.length == 1 ? "; scale " : "; " + scales.length + " scales, at most ") + largest + " = amax / " + Math.round(range.max() / largest);
    }
}
