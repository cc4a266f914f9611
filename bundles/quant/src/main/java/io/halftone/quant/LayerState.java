package io.halftone.quant;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an algorithm decided for one layer, as data that a checkpoint keeps. The layer's own weight is no part of it: where
 * an algorithm changes the weight, the checkpoint holds the changed one under the weight's name.
 *
 * @param layer   the layer's full name
 * @param format  the name of the number format
 * @param ranges  the range of each quantized slot
 * @param vectors further float32 vectors by name, such as {@code input_quantizer._pre_quant_scale}
 */
public record LayerState(String layer, String format, Map<Slot, Range> ranges, Map<String, float[]> vectors) {
    public LayerState {
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
        Map<String, float[]> copy = new TreeMap<>();
        vectors.forEach((name, vector) -> copy.put(name, vector.clone()));
        vectors = Collections.unmodifiableMap(copy);
    }

    /** The range of a slot; throws {@link CalibrationException} if there is none. */
    public Range range(Slot slot) {
        Range range = ranges.get(slot);
        if (range == null) {
            throw new CalibrationException(layer + "." + slot.suffix() + ": found no range; expected one");
        }
        return range;
    }
}
