package io.halftone.quant;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an algorithm decided for one layer, as data that a checkpoint keeps. The layer's own weight is no part of it: where
 * an algorithm changes the weight, the checkpoint holds the changed one under the weight's name.
 *
 * @param layer      the layer's full name
 * @param algorithm  the name of the algorithm
 * @param format     the name of the number format
 * @param ranges     the range of each quantized slot
 * @param origins    how ranges came about, a line for users each
 * @param vectors    further float32 vectors by name, such as {@code input_quantizer._pre_quant_scale}
 * @param parameters names, behind the layer's and a dot, of parameters that the algorithm added to the checkpoint
 */
public record LayerState(String layer, String algorithm, String format, Map<Slot, Range> ranges, Map<Slot, String> origins,
                         Map<String, float[]> vectors, List<String> parameters) {
    public LayerState {
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
        origins = Collections.unmodifiableMap(new TreeMap<>(origins));
        Map<String, float[]> copy = new TreeMap<>();
        vectors.forEach((name, vector) -> copy.put(name, vector.clone()));
        vectors = Collections.unmodifiableMap(copy);
        parameters = List.copyOf(parameters);
    }

    /** A state of ranges alone. */
    public static LayerState of(Planned planned, Map<Slot, Range> ranges, Map<Slot, String> origins) {
        return new LayerState(planned.layer().name(), planned.algorithm(), planned.formatName(), ranges, origins, Map.of(), List.of());
    }

    /** The range of a slot; throws {@link CalibrationException} if there is none. */
    public Range range(Slot slot) {
        Range range = ranges.get(slot);
        if (range == null) {
            throw new CalibrationException(layer + "." + slot.suffix() + ": found no range; expected one");
        }
        return range;
    }

    /** This state with further vectors and parameters. */
    public LayerState with(Map<String, float[]> more, List<String> added) {
        return new LayerState(layer, algorithm, format, ranges, origins, more, added);
    }
}
