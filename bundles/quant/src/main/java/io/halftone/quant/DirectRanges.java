package io.halftone.quant;

import io.halftone.ops.Layer;
import java.util.EnumMap;
import java.util.Map;

/**
 * The plainest way to decide a layer, for algorithms that treat only some layers in their own: inputs by the chosen collector,
 * weights by their largest magnitudes, nothing moved between the two.
 */
public final class DirectRanges {
    private static final Range SOFTMAX = Range.of(1);

    private DirectRanges() {}

    /** One amax by the chosen collector for each slot that has to be observed. */
    public static Map<Slot, Observation> observations(Planned layer) {
        return layer.observeChosen(Slot.INPUT, Slot.QUERY, Slot.KEY, Slot.VALUE);
    }

    /** The state of a layer that is observed so. */
    public static LayerState decide(LayerRun run) {
        Planned planned = run.planned();
        Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
        Map<Slot, String> origins = new EnumMap<>(Slot.class);
        for (Slot slot : planned.slots()) {
            switch (slot) {
                case INPUT, KEY, VALUE -> {
                    ranges.put(slot, run.seen(slot));
                    origins.put(slot, run.origin(slot));
                }
                case QUERY -> {
                    float scale = (float) ((Layer.Attention) planned.layer()).scale();
                    ranges.put(slot, Range.of(run.seen(slot).max() * scale));
                    origins.put(slot, run.origin(slot) + "; times the attention's scale " + scale);
                }
                case WEIGHT -> {
                    ranges.put(slot, run.weight(planned.weightAxis()));
                    origins.put(slot, weightOrigin(planned));
                }
                case SOFTMAX -> {
                    ranges.put(slot, SOFTMAX);
                    origins.put(slot, "1, the largest that a softmax gives");
                }
                default -> throw new CalibrationException(planned.layer().name() + "." + slot.suffix()
                    + ": found a slot that nothing observes; expected input, weight, queries, keys, values or softmax");
            }
        }
        return LayerState.of(planned, ranges, origins);
    }

    /** How the range of a weight came about. */
    public static String weightOrigin(Planned planned) {
        return planned.weightAxis() < 0 ? "the largest magnitude of the weight" : "the largest magnitude in each output channel of the weight";
    }
}
