package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.PluginInfo;
import java.util.List;

/** The collectors and algorithms that repeat the Python example's arithmetic: those whose names begin with {@code reference-}. */
final class ReferenceForms {
    private static final String PREFIX = "reference-";
    private static final String DEFAULT = "default";
    private static final String MAXIMUM = "max";

    private ReferenceForms() {}

    static String algorithm(Halftone halftone, String name) {
        return named(halftone, "algorithm", name);
    }

    /**
     * The collector that is meant. The example's {@code default} is the maximum for every format but int8, where it is a step collector
     * that nothing can be quantized with: there the example refuses it, and for fp8 it refuses everything else.
     *
     * @param format the format's own name
     */
    static String collector(Halftone halftone, String format, String name) {
        boolean isDefault = plain(name).equals(DEFAULT);
        if (format.equals("int8")) {
            if (isDefault) {
                throw new IllegalArgumentException("collect-method: found " + name
                    + "; expected global_min, min-max, min-mean or mean-max, as the reference wants for int8");
            }
            return named(halftone, "collector", name);
        }
        if (format.equals("fp8") && !List.of(DEFAULT, PREFIX + MAXIMUM).contains(name)) {
            throw new IllegalArgumentException("collect-method: found " + name + "; expected default, as the reference wants for fp8");
        }
        return named(halftone, "collector", name.equals(DEFAULT) ? MAXIMUM : name);
    }

    private static String named(Halftone halftone, String kind, String name) {
        List<String> names = halftone.plugins().stream().filter(p -> p.kind().equals(kind)).map(PluginInfo::names).flatMap(List::stream)
            .filter(n -> n.startsWith(PREFIX)).map(ReferenceForms::plain).sorted().toList();
        if (!names.contains(plain(name))) {
            throw new IllegalArgumentException("reference-compatible: found no " + kind + " " + PREFIX + plain(name)
                + "; expected one for " + names);
        }
        return PREFIX + plain(name);
    }

    private static String plain(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }
}
