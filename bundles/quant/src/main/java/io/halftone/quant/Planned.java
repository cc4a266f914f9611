package io.halftone.quant;

import io.halftone.ops.Layer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * A layer that is to be quantized.
 *
 * @param layer      where
 * @param slots      which of its tensors
 * @param formatName the format's name
 * @param format     how
 * @param algorithm  name of the algorithm that decides it
 * @param collector  name of the collector that the user chose for it
 */
public record Planned(Layer layer, Set<Slot> slots, String formatName, QuantFormat format, String algorithm, String collector) {
    public Planned {
        slots = Set.copyOf(slots);
    }

    /** The axis of the weight that keeps an amax for each index, as the format asks; -1 for one amax. */
    public int weightAxis() {
        return format.granularity(layer, Slot.WEIGHT).filter(g -> g == Granularity.PER_CHANNEL).isPresent() ? 0 : -1;
    }

    /** One amax for each of these slots that is planned, by the chosen collector. */
    public Map<Slot, Observation> observeChosen(Slot... wanted) {
        Map<Slot, Observation> observations = new EnumMap<>(Slot.class);
        for (Slot slot : wanted) {
            if (slots.contains(slot)) {
                observations.put(slot, Observation.perTensor(collector));
            }
        }
        return observations;
    }
}
