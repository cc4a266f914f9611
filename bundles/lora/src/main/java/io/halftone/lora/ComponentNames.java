package io.halftone.lora;

import io.halftone.ops.Parameters;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Where the layers of one component are found: by name, by name with every dot an underscore, and by their original names. */
final class ComponentNames {
    private static final String WEIGHT = ".weight";

    private final Map<String, Set<List<Piece>>> dotted = new HashMap<>();
    private final Map<String, Set<List<Piece>>> flat = new HashMap<>();

    /** Of all layers whose weight has a row for each output. */
    ComponentNames(Parameters parameters) {
        Map<String, Long> rows = new TreeMap<>();
        for (String name : parameters.names()) {
            long[] shape = parameters.info(name).shape();
            if (name.endsWith(WEIGHT) && shape.length >= 2) {
                rows.put(name.substring(0, name.length() - WEIGHT.length()), shape[0]);
            }
        }
        rows.forEach((layer, count) -> add(layer, whole(layer, count)));
        LdmNames.of(rows.keySet()).forEach((layer, original) -> add(original, whole(layer, rows.get(layer))));
        FluxNames.of(rows).forEach(this::add);
    }

    private static List<Piece> whole(String layer, long rows) {
        return List.of(new Piece(layer + WEIGHT, 0, rows, 0));
    }

    private void add(String name, List<Piece> pieces) {
        dotted.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(pieces);
        flat.computeIfAbsent(name.replace('.', '_'), n -> new LinkedHashSet<>()).add(pieces);
    }

    /**
     * What a name may mean; more than one if it is ambiguous.
     *
     * @param underscored whether dots are underscores in it
     */
    Set<List<Piece>> find(String layer, boolean underscored) {
        return (underscored ? flat : dotted).getOrDefault(layer, Set.of());
    }
}
