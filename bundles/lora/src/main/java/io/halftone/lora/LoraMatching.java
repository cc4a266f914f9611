package io.halftone.lora;

import io.halftone.ops.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the place of every key of LoRA files, by names that the components have and by nothing else; collects what is wrong. */
final class LoraMatching {
    /** Rows of a component's parameter. */
    record Target(String component, Piece piece) {
        @Override
        public String toString() {
            return component + "." + piece.parameter();
        }
    }

    private final SortedMap<String, ? extends Parameters> components;
    private final List<String> problems;
    private final Map<String, ComponentNames> names = new HashMap<>();
    private final SortedMap<String, SortedMap<String, List<Addend>>> addends = new TreeMap<>();

    LoraMatching(SortedMap<String, ? extends Parameters> components, List<String> problems) {
        this.components = components;
        this.problems = problems;
    }

    /** What is added to each parameter of each component. */
    SortedMap<String, SortedMap<String, List<Addend>>> addends() {
        return addends;
    }

    /** Matches all of a file. */
    void add(LoraFile file, double scale) {
        problems.addAll(file.problems());
        List<String> unmatched = new ArrayList<>(file.unmatched());
        Map<String, String> spelledAs = new LinkedHashMap<>();
        for (LoraPair pair : file.pairs()) {
            List<List<Target>> meanings = meanings(pair.layer());
            if (meanings.isEmpty()) {
                unmatched.addAll(pair.keys());
            } else if (meanings.size() > 1) {
                problems.add(file.path() + ": " + pair.layer() + ": found " + meanings.size() + " layers that it may mean, "
                    + meanings.stream().map(meaning -> meaning.get(0).toString()).toList() + "; expected one");
            } else {
                place(file, pair, scale, meanings.get(0), spelledAs);
            }
        }
        if (!unmatched.isEmpty()) {
            Collections.sort(unmatched);
            problems.add(file.path() + ": found unmatched keys " + String.join(", ", unmatched) + "; expected layers of "
                + String.join(", ", components.keySet()));
        }
    }

    /** All that a spelled layer may mean: none if it has no match, several if it is ambiguous. */
    List<List<Target>> meanings(String spelled) {
        List<List<Target>> meanings = new ArrayList<>();
        for (Place place : Place.of(spelled, components.keySet())) {
            ComponentNames known = names.computeIfAbsent(place.component(), c -> new ComponentNames(components.get(c)));
            for (List<Piece> pieces : known.find(place.layer(), place.underscored())) {
                meanings.add(pieces.stream().map(piece -> new Target(place.component(), piece)).toList());
            }
        }
        return meanings;
    }

    private void place(LoraFile file, LoraPair pair, double scale, List<Target> targets, Map<String, String> spelledAs) {
        long rows = targets.stream().mapToLong(target -> target.piece().rows()).sum();
        for (Target target : targets) {
            String where = file.path() + ": " + pair.layer() + ": ";
            Piece piece = target.piece();
            Parameters.Info info = components.get(target.component()).info(piece.parameter());
            String before = spelledAs.put(target + " " + piece.from(), pair.layer());
            if (before != null) {
                problems.add(where + "found the layer " + target + " of " + before + "; expected each layer once");
            } else if (!info.dtype().isCompute()) {
                problems.add(where + "found " + target + " in " + info.dtype()
                    + "; expected FLOAT32, FLOAT16 or BFLOAT16 (a LoRA is fused before quantization)");
            } else if (rows != pair.outputs() || !sameInner(info.shape(), pair.inner())) {
                problems.add(where + "found a product of " + pair.outputs() + " outputs over " + pair.inner() + "; expected " + rows
                    + " over " + Arrays.toString(inner(info.shape())) + " for " + target);
            } else {
                addends.computeIfAbsent(target.component(), c -> new TreeMap<>())
                    .computeIfAbsent(piece.parameter(), p -> new ArrayList<>()).add(new Addend(file, pair, piece, scale));
            }
        }
    }

    private static long[] inner(long[] shape) {
        return Arrays.copyOfRange(shape, 1, shape.length);
    }

    /** Whether they are equal but for a kernel of one pixel, which a linear layer and a convolution may share. */
    private static boolean sameInner(long[] shape, List<Long> inner) {
        long[] found = inner.stream().mapToLong(Long::longValue).toArray();
        return Arrays.equals(withoutPixel(inner(shape)), withoutPixel(found));
    }

    private static long[] withoutPixel(long[] extents) {
        return extents.length == 3 && extents[1] == 1 && extents[2] == 1 ? new long[] {extents[0]} : extents;
    }
}
