package io.halftone.shell.internal;

import io.halftone.api.Explanation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How layers came to be quantized as they are. */
final class ExplainReport {
    private ExplainReport() {}

    static Report of(List<Explanation> layers) {
        return new Report(Map.of("layers", layers.stream().map(ExplainReport::values).toList()), out -> {
            for (Explanation layer : layers) {
                out.println(layer.layer() + ": " + layer.format() + ", " + layer.algorithm());
                for (Explanation.Site site : layer.sites()) {
                    out.println("  " + site.name());
                    out.println("    range   " + site.range());
                    out.println("    origin  " + site.origin());
                }
                layer.further().forEach(further -> out.println("  " + further));
            }
        });
    }

    private static Map<String, Object> values(Explanation layer) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("layer", layer.layer());
        values.put("format", layer.format());
        values.put("algorithm", layer.algorithm());
        values.put("sites", layer.sites().stream().map(ExplainReport::values).toList());
        values.put("further", layer.further());
        return values;
    }

    private static Map<String, Object> values(Explanation.Site site) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", site.name());
        values.put("origin", site.origin());
        values.put("range", site.range());
        return values;
    }
}
