package io.halftone.web.internal;

import java.util.Locale;
import java.util.Map;

/**
 * How a file of a run is served.
 *
 * @param type  its media type
 * @param shown whether a browser shows it; it saves what it does not
 */
record FileType(String type, boolean shown) {
    private static final Map<String, String> SHOWN = Map.of("html", "text/html; charset=utf-8", "png", "image/png", "json", "application/json", "csv",
        "text/csv; charset=utf-8", "txt", "text/plain; charset=utf-8", "log", "text/plain; charset=utf-8", "yaml", "text/plain; charset=utf-8");

    static FileType of(String name) {
        String type = SHOWN.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        return type == null ? new FileType("application/octet-stream", false) : new FileType(type, true);
    }

    boolean isPage() {
        return type.startsWith("text/html");
    }
}
