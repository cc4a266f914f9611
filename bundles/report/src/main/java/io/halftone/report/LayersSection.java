package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What quantization does to single layers, and what range each of them sees from step to step. */
final class LayersSection {
    private static final int WORST = 10;
    private static final int CHANGING = 12;
    private static final List<String> GROUPS = List.of("convolution", "feed-forward", "queries, keys, values", "attention", "other");

    private LayersSection() {}

    static void write(Html html, JsonNode report) throws IOException {
        html.open("section", "id", "layers").element("h2", "Layers");
        sensitivity(html, report);
        magnitudes(html, report.path("magnitudes"));
        html.close("section");
    }

    private static void sensitivity(Html html, JsonNode report) {
        Map<String, Integer> places = new LinkedHashMap<>();
        report.path("magnitudes").forEach(layer -> places.put(layer.path("name").asText(), places.size() + 1));
        List<JsonNode> variants = new ArrayList<>();
        report.path("variants").forEach(variant -> {
            if (variant.path("layers").path("layers").size() > 0) {
                variants.add(variant);
            }
        });
        if (variants.isEmpty()) {
            return;
        }
        html.element("h3", "Sensitivity: the error that each layer adds");
        html.element("p",
            "Each quantized layer alone, given the inputs of full precision: the norm of its output's error over that of the output, the "
            + "largest of the first, the middle and the last call, for the first picture.");
        html.open("ul", "class", "legend");
        for (int group = 0; group < GROUPS.size(); group++) {
            html.open("li").markup(Plot.sample(group).replaceFirst("<path.*?</path>", "")).text(GROUPS.get(group)).close("li");
        }
        html.close("ul").open("div", "class", "plots");
        List<Double> all = new ArrayList<>();
        variants.forEach(variant -> variant.at("/layers/layers").forEach(layer -> all.add(largest(layer.path("error")))));
        Axis errors = Axis.over("relative error of the output", all, true);
        for (JsonNode variant : variants) {
            html.open("figure").element("figcaption", variant.path("name").asText());
            Plot plot = new Plot("Error of each layer of " + variant.path("name").asText() + ", in the order of the model",
                new Axis("layer, in the order of the model", 0, Math.max(2, places.size() + 1), false), errors, 560, 300);
            variant.at("/layers/layers").forEach(layer -> {
                double error = largest(layer.path("error"));
                if (error > 0) {
                    plot.mark(group(layer), places.getOrDefault(layer.path("name").asText(), 0), error, 2.8, false,
                        layer.path("name").asText() + ": "
                        + Numbers.significant(error));
                }
            });
            html.markup(plot.toString());
            worst(html, variant);
            html.close("figure");
        }
        html.close("div");
    }

    private static double largest(JsonNode values) {
        double largest = 0;
        for (JsonNode value : values) {
            largest = Math.max(largest, value.doubleValue());
        }
        return largest;
    }

    private static int group(JsonNode layer) {
        return switch (layer.path("role").asText()) {
            case "convolution", "shortcut" -> 0;
            case "feed-forward" -> 1;
            case "qkv" -> 2;
            case "attention", "attention-output" -> 3;
            default -> 4;
        };
    }

    private static void worst(Html html, JsonNode variant) {
        List<JsonNode> sorted = new ArrayList<>();
        variant.at("/layers/layers").forEach(sorted::add);
        sorted.sort(Comparator.comparingDouble((JsonNode layer) -> largest(layer.path("error"))).reversed());
        html.open("details").element("summary", "The " + Math.min(WORST, sorted.size()) + " most sensitive layers");
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Most sensitive layers of "
            + variant.path("name").asText());
        html.open("table").open("thead").open("tr").element("th", "Layer", "scope", "col").element("th", "Role", "scope", "col");
        variant.at("/layers/calls").forEach(call -> html.element("th", "call " + (call.asInt() + 1), "scope", "col", "class", "number"));
        html.close("tr").close("thead").open("tbody");
        for (JsonNode layer : sorted.subList(0, Math.min(WORST, sorted.size()))) {
            html.open("tr").element("th", layer.path("name").asText(), "scope", "row", "class", "code").element("td",
                layer.path("role").asText());
            layer.path("error").forEach(error -> html.element("td", Numbers.significant(error.doubleValue()), "class", "number"));
            html.close("tr");
        }
        html.close("tbody").close("table").close("div").close("details");
    }

    private static void magnitudes(Html html, JsonNode layers) throws IOException {
        if (layers.isEmpty()) {
            return;
        }
        html.element("h3", "Ranges: the largest magnitude at each step");
        html.element("p",
            "What goes into each layer in full precision, for the first picture. A row is a layer, from the first to the last; its colour is the "
            + "largest magnitude at that call over the layer's own largest. A row that is bright at few calls has one scale for all calls that wastes "
            + "most of its codes at the others.");
        html.open("div", "class", "plots").open("figure").element("figcaption", "amax over the calls, each layer by its own largest");
        html.markup(Heatmap.of(layers)).close("figure");
        html.open("figure").element("figcaption", "The layers whose range changes most");
        // layers that share their input, such as the projections of one embedding, share a line
        Map<JsonNode, List<JsonNode>> byInput = new LinkedHashMap<>();
        layers.forEach(layer -> byInput.computeIfAbsent(layer.path("amax"), input -> new ArrayList<>()).add(layer));
        List<List<JsonNode>> sorted = new ArrayList<>(byInput.values());
        sorted.sort(Comparator.comparingDouble((List<JsonNode> same) -> change(same.get(0))).reversed());
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Layers whose range changes most");
        html.open("table").open("thead").open("tr").element("th", "Layer", "scope", "col").element("th", "over the calls", "scope", "col");
        html.element("th", "least", "scope", "col", "class", "number").element("th", "most", "scope", "col", "class", "number");
        html.close("tr").close("thead").open("tbody");
        for (List<JsonNode> same : sorted.subList(0, Math.min(CHANGING, sorted.size()))) {
            JsonNode layer = same.get(0);
            html.open("tr").open("th", "scope", "row", "class", "code").text(layer.path("name").asText());
            if (same.size() > 1) {
                html.element("span", " and " + (same.size() - 1) + " with the same input", "class", "more");
            }
            html.close("th").open("td").markup(Heatmap.sparkline(layer.path("amax"))).close("td");
            html.element("td", Numbers.significant(least(layer.path("amax"))), "class", "number");
            html.element("td", Numbers.significant(largest(layer.path("amax"))), "class", "number").close("tr");
        }
        html.close("tbody").close("table").close("div").close("figure").close("div");
    }

    private static double least(JsonNode values) {
        double least = Double.POSITIVE_INFINITY;
        for (JsonNode value : values) {
            least = Math.min(least, value.doubleValue());
        }
        return least;
    }

    private static double change(JsonNode layer) {
        double least = least(layer.path("amax"));
        return least > 0 ? largest(layer.path("amax")) / least : 0;
    }
}
