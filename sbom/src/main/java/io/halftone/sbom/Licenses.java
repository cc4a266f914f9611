package io.halftone.sbom;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** SPDX expressions for what jars say of their licences, and for those that say nothing. */
final class Licenses {
    private static final Map<String, String> KNOWN = new LinkedHashMap<>();

    static {
        KNOWN.put("apache", "Apache-2.0");
        KNOWN.put("bsd-3-clause", "BSD-3-Clause");
        KNOWN.put("edl-v10", "BSD-3-Clause");   // the Eclipse Distribution License is this text
        KNOWN.put("epl-2.0", "EPL-2.0");
        KNOWN.put("mit", "MIT");
    }

    private final Properties silent;

    /** @param silent for {@code group:artifact}, or for a group, the licence of what names none in its manifest */
    Licenses(Properties silent) {
        this.silent = silent;
    }

    /**
     * Returns an SPDX expression.
     *
     * @throws IllegalArgumentException if the licence is not known
     */
    String of(Library library) {
        String given = silent.getProperty("license." + library.group() + "." + library.artifact(), silent.getProperty("license." + library.group()));
        if (given != null) {
            return given;
        }
        String said = library.license().toLowerCase(Locale.ROOT);
        return KNOWN.entrySet().stream().filter(known -> said.contains(known.getKey())).map(Map.Entry::getValue).findFirst()
            .orElseThrow(() -> new IllegalArgumentException(library.path() + ": found the licence \"" + library.license()
                + "\"; expected one that is known, or a line license." + library.group() + " = ..."));
    }
}
