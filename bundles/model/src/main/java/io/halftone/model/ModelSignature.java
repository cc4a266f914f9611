package io.halftone.model;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes into a model and what comes out.
 *
 * @param inputs  in the order of the exported file
 * @param outputs in the order of the exported file
 * @param extents the named dimensions of the inputs, each with its least, usual and greatest extent
 * @param profile the extents that an engine is built for where nothing else is said: of each named dimension, within what it may be
 */
public record ModelSignature(List<Port> inputs, List<Port> outputs, Map<String, Extent> extents, Map<String, Extent> profile) {
    /**
     * An input or output.
     *
     * @param type  INT64, FLOAT32, or empty for the type that the model computes in
     * @param shape numbers, and names or expressions of {@link ModelSignature#extents}
     */
    public record Port(String name, Optional<DType> type, Shape shape) {
        /** A port of the compute type. */
        public static Port computed(String name, Shape shape) {
            return new Port(name, Optional.empty(), shape);
        }

        /** A port of a type that does not follow the model's. */
        public static Port of(String name, DType type, Shape shape) {
            return new Port(name, Optional.of(type), shape);
        }

        /** The type where the model computes in the given one. */
        public DType type(DType computeType) {
            return type.orElse(computeType);
        }
    }

    /**
     * How large a named dimension may be.
     *
     * @param least    at least 1
     * @param usual    what an engine is tuned for
     * @param greatest the most that an engine must take
     */
    public record Extent(long least, long usual, long greatest) {
        public Extent {
            if (least < 1 || usual < least || greatest < usual) {
                throw new IllegalArgumentException("extent: found " + least + ", " + usual + ", " + greatest + "; expected 1 <= least <= usual <= greatest");
            }
        }
    }

    public ModelSignature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        extents = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(extents));
        profile = Map.copyOf(profile);
        if (!profile.keySet().equals(extents.keySet())) {
            throw new IllegalArgumentException("profile: found dimensions " + profile.keySet() + "; expected " + extents.keySet());
        }
        for (var entry : profile.entrySet()) {
            Extent may = extents.get(entry.getKey());
            if (entry.getValue().least() < may.least() || entry.getValue().greatest() > may.greatest()) {
                throw new IllegalArgumentException("profile: " + entry.getKey() + ": found " + entry.getValue() + "; expected it within " + may);
            }
        }
        for (Port input : inputs) {
            for (var dim : input.shape().dims()) {
                for (String name : dim.names()) {
                    if (!extents.containsKey(name)) {
                        throw new IllegalArgumentException("input " + input.name() + ": found dimension " + name + "; expected one of " + extents.keySet());
                    }
                }
            }
        }
    }

    /** A model whose engines are built for all that it takes. */
    public ModelSignature(List<Port> inputs, List<Port> outputs, Map<String, Extent> extents) {
        this(inputs, outputs, extents, extents);
    }

    /** The input of that name; throws {@link IllegalArgumentException} if there is none. */
    public Port input(String name) {
        return inputs.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow(
            () -> new IllegalArgumentException("input " + name + ": found none; expected one of " + inputs.stream().map(Port::name).toList()));
    }
}
