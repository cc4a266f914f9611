package io.halftone.tensorrt.internal;

import io.halftone.model.ModelSignature.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
     * Joins the model's dimensions with what was asked for: the shape of an input, which stands for its dimensions in the other inputs
     * too, before the extents of dimensions, and these before those that the model's file has.
     *
     * @throws IllegalArgumentException if a dimension gets no extent, one that the model does not take, or an input or dimension is unknown
     */
    static Profile of(OnnxFile model, Map<String, Extent> extents, BuildOptions options) {
        refuseUnknown(model, extents, options);
        Map<String, Extent> all = new TreeMap<>(model.extents());
        all.putAll(extents);
        Map<String, Window> windows = new LinkedHashMap<>();
        Known least = new Known(model, options.least(), all, Side.LEAST);
        Known usual = new Known(model, options.usual(), all, Side.USUAL);
        Known greatest = new Known(model, options.greatest(), all, Side.GREATEST);
        model.inputs().forEach((name, dims) -> windows.put(name,
            window(name, least.shape(name, dims), usual.shape(name, dims), greatest.shape(name, dims))));
        return new Profile(windows);
    }

    private static Window window(String name, List<Long> least, List<Long> usual, List<Long> greatest) {
        for (int i = 0; i < least.size(); i++) {
            if (usual.get(i) < least.get(i) || greatest.get(i) < usual.get(i)) {
                throw new IllegalArgumentException("input " + name + ": found " + Shapes.text(least) + ", " + Shapes.text(usual) + " and "
                    + Shapes.text(greatest) + "; expected least <= usual <= greatest");
            }
        }
        return new Window(least, usual, greatest);
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
        Set<String> dimensions = model.dimensions();
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

    /** The extents of one side of the profile. */
    private static final class Known {
        private final Map<String, Long> byDimension = new TreeMap<>();

        Known(OnnxFile model, Shapes asked, Map<String, Extent> extents, Side side) {
            extents.forEach((dim, extent) -> byDimension.put(dim, side.of(extent)));
            Map<String, String> given = new TreeMap<>();
            asked.byName().forEach((name, shape) -> take(name, model.inputs().get(name), shape, given));
        }

        private void take(String name, List<String> dims, List<Long> shape, Map<String, String> given) {
            String found = "input " + name + ": found " + Shapes.text(shape) + "; expected ";
            if (shape.size() != dims.size()) {
                throw new IllegalArgumentException(found + dims.size() + " extents, " + dims);
            }
            for (int i = 0; i < dims.size(); i++) {
                String dim = dims.get(i);
                if (isNumber(dim) && shape.get(i) != Long.parseLong(dim)) {
                    throw new IllegalArgumentException(found + dims);
                } else if (!isNumber(dim)) {
                    String other = given.putIfAbsent(dim, name);
                    if (other != null && !byDimension.get(dim).equals(shape.get(i))) {
                        throw new IllegalArgumentException(found + dim + " of " + byDimension.get(dim) + ", as in " + other);
                    }
                    byDimension.put(dim, shape.get(i));
                }
            }
        }

        List<Long> shape(String name, List<String> dims) {
            List<Long> shape = new ArrayList<>();
            for (String dim : dims) {
                if (!isNumber(dim) && !byDimension.containsKey(dim)) {
                    throw new IllegalArgumentException("input " + name + ": found no extent of " + dim + " in " + dims + "; expected one, or "
                        + BuildOptions.MIN + ", " + BuildOptions.OPT + " and " + BuildOptions.MAX + " with " + name);
                }
                shape.add(isNumber(dim) ? Long.valueOf(dim) : byDimension.get(dim));
            }
            return shape;
        }
    }

    static boolean isNumber(String dim) {
        return dim.matches("\\d+");
    }

    /** The least shapes of all inputs, in trtexec's syntax. */
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
