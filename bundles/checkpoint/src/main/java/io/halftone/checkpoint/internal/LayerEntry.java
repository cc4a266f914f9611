package io.halftone.checkpoint.internal;

import io.halftone.quant.Slot;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a checkpoint holds of a quantized layer. Names are those behind the layer's and a dot.
 *
 * @param rounded    the slots that its rewrite rounds
 * @param amax       how many magnitudes there are of each slot that has a range
 * @param vectors    lengths of further vectors
 * @param extras     tensors that are for other programs alone
 * @param parameters those that the algorithm added
 * @param codec      how the weight is stored, where it is in codes
 * @param kept       why it is not, where its format rounds it
 * @param change     how the weight comes from the base's, where it is not stored
 */
public record LayerEntry(Set<Slot> rounded, Map<Slot, Integer> amax, Map<String, Integer> vectors, Set<String> extras,
                         List<String> parameters, Optional<Codec> codec, Optional<String> kept, Optional<Division> change) {
    /** What stands between a slot's suffix and its magnitudes. */
    public static final String AMAX = "._amax";

    /**
     * A weight that is the base's with its columns divided.
     *
     * @param vector       the name of the divisors
     * @param roundedFirst whether the base's is rounded to the compute type before
     * @param digest       SHA-256 of the weight's bytes
     */
    public record Division(String vector, boolean roundedFirst, String digest) {}

    public LayerEntry {
        rounded = Collections.unmodifiableSet(new TreeSet<>(rounded));
        amax = Collections.unmodifiableMap(new TreeMap<>(amax));
        vectors = Collections.unmodifiableMap(new TreeMap<>(vectors));
        extras = Collections.unmodifiableSet(new TreeSet<>(extras));
        parameters = List.copyOf(parameters);
    }

    /** The tensors that are no parameters of the model. */
    Set<String> ownNames() {
        Set<String> names = new TreeSet<>(extras);
        amax.keySet().forEach(slot -> names.add(slot.suffix() + AMAX));
        names.addAll(vectors.keySet());
        codec.ifPresent(c -> names.addAll(c.tensors().keySet()));
        names.remove(Codec.WEIGHT);
        return names;
    }
}
