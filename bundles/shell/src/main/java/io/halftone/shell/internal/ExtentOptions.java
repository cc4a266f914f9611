package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.model.ModelSignature.Extent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The extents of an engine's named dimensions that were given.
 *
 * @param texts  {@code name=least,usual,greatest} each
 * @param preset whose extents come first; null for none
 */
record ExtentOptions(List<String> texts, String preset) {
    private static final Pattern EXTENT = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(\\d{1,9}),(\\d{1,9}),(\\d{1,9})");

    /** By dimension: those of the preset, replaced by those given. */
    Map<String, Extent> by(Halftone halftone) {
        Map<String, Extent> byName = new LinkedHashMap<>(preset == null ? Map.of() : halftone.extents(preset));
        for (String text : texts) {
            Matcher extent = EXTENT.matcher(text);
            if (!extent.matches()) {
                throw new IllegalArgumentException("extent: found " + text + "; expected name=least,usual,greatest");
            }
            byName.put(extent.group(1), new Extent(Long.parseLong(extent.group(2)), Long.parseLong(extent.group(3)),
                Long.parseLong(extent.group(4))));
        }
        return byName;
    }
}
