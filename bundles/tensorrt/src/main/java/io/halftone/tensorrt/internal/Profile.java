package io.halftone.tensorrt.internal;

import io.halftone.model.ModelSignature.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What shapes an engine takes.
 *
 * @param inputs every input by name, in the model's order
 */
record Profile(Map<String, Window> inputs) {
    /**
     * The extents of one input.
     *
     * @param least    of each dimension
     * @param usual    what the engine is tuned for
     * @param greatest of each dimension
     */
    record Window(List<Long> least, List<Long> usual, List<Long> greatest) {
        Window {
            least = List.copyOf(least);
            usual = List.copyOf(usual);
            greatest = List.copyOf(greatest);
        }

        /** Whether every extent is a number that cannot be another. */
        boolean isFixed() {
            return least.equals(greatest);
        }

        boolean takes(long... shape) {
            boolean takes = shape.length == least.size();
            for (int i = 0; takes && i < shape.length; i++) {
                takes = shape[i] >= least.get(i) && shape[i] <= greatest.get(i);
            }
            return takes;
        }

        @Override
        public String toString() {
            return isFixed() ? Shapes.text(least) : Shapes.text(least) + " to " + Shapes.text(greatest);
        }
    }

    Profile {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    }

    /**
     * Joins the model's dimensions with what was asked for: shapes by input before extents by dimension.
     *
     * @throws IllegalArgumentException if a dimension gets no extent, one that the model does not take, or an input or dimension is unknown
     */
    static Profile of(OnnxFile model, Map<String, Extent> extents, BuildOptions options) {
        refuseUnknown(model, extents, options);
        Map<String, Window> windows = new LinkedHashMap<>();
        model.inputs().forEach((name, dims) -> {
            List<Long> least = side(name, dims, options.least(), extents, Side.LEAST);
            List<Long> usual = side(name, dims, options.usual(), extents, Side.USUAL);
            List<Long> greatest = side(name, dims, options.greatest(), extents, Side.GREATEST);
            for (int i = 0; i < dims.size(); i++) {
                if (usual.get(i) < least.get(i) || greatest.get(i) < usual.get(i)) {
                    throw new IllegalArgumentException("input " + name + ": found " + Shapes.text(least) + ", " + Shapes.text(usual) + " and "
                        + Shapes.text(greatest) + "; expected least <= usual <= greatest");
                }
            }
            windows.put(name, new Window(least, usual, greatest));
        });
        return new Profile(windows);
    }

    private enum Side {
        LEAST, USUAL, GREATEST;

        long of(Extent extent) {
            return switch (this) {
                case LEAST -> extent.least();
                case USUAL -> extent.usual();
                case GREATEST -> extent.greatest();
            };
        }
    }

    private static void refuseUnknown(OnnxFile model, Map<String, Extent> extents, BuildOptions options) {
        Set<String> dimensions = new TreeSet<>();
        model.inputs().values().forEach(dims -> dims.stream().filter(dim -> !isNumber(dim)).forEach(dimensions::add));
        for (String name : new TreeSet<>(extents.keySet())) {
            if (!dimensions.contains(name)) {
                throw new IllegalArgumentException("dimension " + name + ": found none of that name; expected one of " + dimensions);
            }
        }
        for (Shapes shapes : List.of(options.least(), options.usual(), options.greatest())) {
            for (String name : shapes.byName().keySet()) {
                if (!model.inputs().containsKey(name)) {
                    throw new IllegalArgumentException("input " + name + ": found none of that name; expected one of " + model.inputs().keySet());
                }
            }
        }
    }

    private static List<Long> side(String name, List<String> dims, Shapes asked, Map<String, Extent> extents, Side side) {
        List<Long> shape = asked.byName().get(name);
        if (shape != null && shape.size() != dims.size()) {
            throw new IllegalArgumentException("input " + name + ": found " + Shapes.text(shape) + "; expected " + dims.size() + " extents, "
                + String.join("x", dims));
        }
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            String dim = dims.get(i);
            if (isNumber(dim)) {
                long fixed = Long.parseLong(dim);
                if (shape != null && shape.get(i) != fixed) {
                    throw new IllegalArgumentException("input " + name + ": found " + Shapes.text(shape) + "; expected "
                        + String.join("x", dims));
                }
                found.add(fixed);
            } else if (shape != null) {
                found.add(shape.get(i));
            } else if (extents.containsKey(dim)) {
                found.add(side.of(extents.get(dim)));
            } else {
                throw new IllegalArgumentException("input " + name + ": found no extent for " + String.join("x", dims) + "; expected one of "
                    + dim + ", or " + BuildOptions.MIN + ", " + BuildOptions.OPT + " and " + BuildOptions.MAX + " with " + name);
            }
        }
        return found;
    }

    private static boolean isNumber(String dim) {
        return dim.matches("\\d+");
    }

    /** The least shapes of the inputs that have more than one, in trtexec's syntax. */
    Shapes least() {
        return shapes(Side.LEAST);
    }

    /** As {@link #least}: what the engine is tuned for. */
    Shapes usual() {
        return shapes(Side.USUAL);
    }

    /** As {@link #least}: the greatest. */
    Shapes greatest() {
        return shapes(Side.GREATEST);
    }

    private Shapes shapes(Side side) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        inputs.forEach((name, window) -> shapes.put(name, switch (side) {
            case LEAST -> window.least();
            case USUAL -> window.usual();
            case GREATEST -> window.greatest();
        }));
        return new Shapes(shapes);
    }
}
