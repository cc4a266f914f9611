package io.halftone.tensorrt.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a user may choose of a build. Each name is known in this project's spelling and in trtexec's, without its dashes.
 *
 * @param least         least extents of each input with named dimensions; empty where not given
 * @param usual         extents to tune for
 * @param greatest      greatest extents
 * @param level         the builder's effort, 0 to 5
 * @param workspace     scratch memory that a layer may take, MiB; 0 for what the GPU has
 * @param timingCache   where timings are kept between builds; empty for a file beside the engine, {@code none} for nowhere
 * @param device        the GPU, counted from 0
 */
record BuildOptions(Shapes least, Shapes usual, Shapes greatest, int level, long workspace, String timingCache, int device) {
    static final String MIN = "min-shapes";
    static final String OPT = "opt-shapes";
    static final String MAX = "max-shapes";
    static final String LEVEL = "builder-optimization-level";
    static final String WORKSPACE = "workspace";
    static final String TIMING_CACHE = "timing-cache";
    static final String DEVICE = "device";
    static final String STRONGLY_TYPED = "strongly-typed";
    /** For {@link #timingCache}: keep no timings. */
    static final String NONE = "none";
    /** That of TensorRT's own tool for quantized models. */
    static final int USUAL_LEVEL = 4;

    private static final int GREATEST_LEVEL = 5;
    private static final Map<String, String> SPELLINGS = Map.of("minShapes", MIN, "optShapes", OPT, "maxShapes", MAX,
        "builderOptimizationLevel", LEVEL, "timingCacheFile", TIMING_CACHE, "stronglyTyped", STRONGLY_TYPED);
    private static final Set<String> OWN = Set.of(MIN, OPT, MAX, LEVEL, WORKSPACE, TIMING_CACHE, DEVICE, STRONGLY_TYPED);

    /** Every name that {@link #of} takes. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(OWN);
        names.addAll(SPELLINGS.keySet());
        return names;
    }

    /**
     * Reads options by name.
     *
     * @throws IllegalArgumentException if there is an unknown name or value, or one option in two spellings
     */
    static BuildOptions of(Map<String, String> options) {
        Map<String, String> own = new HashMap<>();
        for (String name : new TreeSet<>(options.keySet())) {
            String known = SPELLINGS.getOrDefault(name, name);
            if (!OWN.contains(known)) {
                throw new IllegalArgumentException("option: found " + name + "; expected one of " + names());
            }
            if (own.put(known, options.get(name)) != null) {
                throw new IllegalArgumentException("option " + known + ": found it in two spellings; expected one");
            }
        }
        String typed = own.getOrDefault(STRONGLY_TYPED, "");
        if (!typed.isEmpty() && !typed.equals("true")) {
            throw new IllegalArgumentException("option " + STRONGLY_TYPED + ": found " + typed
                + "; expected true: every engine takes its types from the model");
        }
        Shapes[] shapes = shapes(own);
        return new BuildOptions(shapes[0], shapes[1], shapes[2], (int) number(own, LEVEL, USUAL_LEVEL, GREATEST_LEVEL),
            number(own, WORKSPACE, 0, 1L << 20), own.getOrDefault(TIMING_CACHE, ""), device(own.getOrDefault(DEVICE, "0")));
    }

    /** All three, or one that stands for all. */
    private static Shapes[] shapes(Map<String, String> own) {
        Set<String> given = new TreeSet<>(Set.of(MIN, OPT, MAX));
        given.retainAll(own.keySet());
        if (given.size() == 2) {
            throw new IllegalArgumentException("options: found " + given + "; expected one that stands for all, or " + MIN + ", " + OPT
                + " and " + MAX);
        }
        Optional<String> one = given.size() == 1 ? given.stream().findFirst() : Optional.empty();
        Shapes[] shapes = new Shapes[3];
        String[] names = {MIN, OPT, MAX};
        for (int i = 0; i < names.length; i++) {
            String option = one.orElse(names[i]);
            shapes[i] = Shapes.parse(option, own.getOrDefault(option, ""));
        }
        return shapes;
    }

    /** A GPU's number, as it is or as {@code --device} says it. */
    private static int device(String text) {
        String number = text.equals("cuda") || text.equals("auto") ? "0" : text.replaceFirst("^cuda:", "");
        if (!number.matches("\\d{1,2}")) {
            throw new IllegalArgumentException("option " + DEVICE + ": found " + text + "; expected a GPU, such as 0, cuda or cuda:1");
        }
        return Integer.parseInt(number);
    }

    private static long number(Map<String, String> own, String name, long absent, long greatest) {
        String text = own.getOrDefault(name, Long.toString(absent));
        if (!text.matches("\\d{1,9}") || Long.parseLong(text) > greatest) {
            throw new IllegalArgumentException("option " + name + ": found " + text + "; expected a whole number from 0 to " + greatest);
        }
        return Long.parseLong(text);
    }
}
