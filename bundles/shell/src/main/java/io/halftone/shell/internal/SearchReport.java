package io.halftone.shell.internal;

import io.halftone.api.SearchResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a search for a recipe gave. */
final class SearchReport {
    private static final int MOST_HARMFUL = 10;

    private SearchReport() {}

    static Report of(SearchResult result, List<String> notes) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("recipe", result.recipe());
        values.put("table", Facts.orNull(result.table()));
        values.put("chosen", result.chosen());
        values.put("cost", result.cost());
        values.put("psnr", result.psnr());
        values.put("seconds", result.seconds());
        values.put("notes", notes);
        values.put("layers", result.layers().stream().map(SearchReport::values).toList());
        return new Report(values, out -> {
            Facts.line(out, "recipe", result.recipe());
            if (!result.table().isEmpty()) {
                Facts.line(out, "table", result.table());
            }
            Facts.line(out, "chosen", result.chosen() + " of "
                + result.layers().stream().map(SearchResult.Sensitivity::layer).distinct().count()
                + " layers");
            Facts.line(out, "cost", Facts.percent(result.cost()) + " of full precision");
            Facts.line(out, "PSNR", Facts.decibels(result.psnr()) + " dB");
            Facts.line(out, "time", Facts.seconds(result.seconds()));
            out.println();
            var table = Facts.table(List.of("most harmful", "format", "error", "cost", "chosen"));
            List<SearchResult.Sensitivity> layers = result.layers();
            for (int i = layers.size() - 1; i >= Math.max(0, layers.size() - MOST_HARMFUL); i--) {
                SearchResult.Sensitivity layer = layers.get(i);
                table.addRow().addContent(layer.layer(), layer.format(), String.format(Locale.ROOT, "%.3g", layer.error()),
                    Facts.percent(layer.cost()), Facts.yesOrNo(layer.chosen()));
            }
            table.print(out);
        });
    }

    private static Map<String, Object> values(SearchResult.Sensitivity layer) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("layer", layer.layer());
        values.put("format", layer.format());
        values.put("error", layer.error());
        values.put("cost", layer.cost());
        values.put("chosen", layer.chosen());
        return values;
    }
}
