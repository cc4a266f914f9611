package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** How the latents of every denoising step differ. */
final class StepsSection {
    private static final int TABLED = 6;

    private StepsSection() {}

    static void write(Html html, JsonNode report) {
        JsonNode variants = report.path("variants");
        html.open("section", "id", "steps").element("h2", "Error per denoising step");
        html.element("p",
            "The latents after each call of the backbone against those of full precision, mean over the pictures. An error grows as steps "
            + "build on one another; a jump shows the step at which quantization hurts.");
        html.open("div", "class", "plots");
        plot(html, variants, "relativeError", "relative error of the latents", value -> value);
        plot(html, variants, "cosine", "1 − cosine of the latents", value -> Math.max(0, 1 - value));
        html.close("div");
        legend(html, variants);
        table(html, variants);
        html.close("section");
    }

    private static void plot(Html html, JsonNode variants, String field, String label, DoubleUnaryOperator of) {
        List<Double> all = new ArrayList<>();
        variants.forEach(variant -> variant.path(field).forEach(value -> all.add(of.applyAsDouble(value.doubleValue()))));
        int calls = variants.get(0).path(field).size();
        Plot plot = new Plot(label + " at each of " + calls + " calls, a line for each variant", new Axis("call of the backbone", 1,
            Math.max(2, calls), false),
            Axis.over(label, all, true), 560, 330);
        for (int v = 0; v < variants.size(); v++) {
            List<Double> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            for (int call = 0; call < calls; call++) {
                xs.add(call + 1.0);
                ys.add(of.applyAsDouble(variants.get(v).path(field).get(call).doubleValue()));
            }
            plot.line(v, xs, ys);
            for (int call = v % 3; call < calls; call += Math.max(1, calls / 6)) {
                if (ys.get(call) > 0) {
                    plot.mark(v, xs.get(call), ys.get(call), 3.5, false, variants.get(v).path("name").asText() + ", call " + (call + 1)
                        + ": "
                        + Numbers.significant(ys.get(call)));
                }
            }
        }
        html.open("figure").element("figcaption", Character.toUpperCase(label.charAt(0))
            + label.substring(1)).markup(plot.toString()).close("figure");
    }

    static void legend(Html html, JsonNode variants) {
        html.open("ul", "class", "legend");
        for (int v = 0; v < variants.size(); v++) {
            html.open("li").markup(Plot.sample(v)).text(variants.get(v).path("name").asText()).close("li");
        }
        html.close("ul");
    }

    private static void table(Html html, JsonNode variants) {
        int calls = variants.get(0).path("relativeError").size();
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < TABLED; i++) {
            int call = (int) Math.round(i * (calls - 1.0) / (TABLED - 1));
            if (!shown.contains(call)) {
                shown.add(call);
            }
        }
        html.open("details").element("summary", "As a table");
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Relative error of the latents").open("table");
        html.element("caption", "Relative error of the latents, and 1 − cosine below it");
        html.open("thead").open("tr").element("th", "Variant", "scope", "col");
        shown.forEach(call -> html.element("th", "call " + (call + 1), "scope", "col", "class", "number"));
        html.close("tr").close("thead").open("tbody");
        for (JsonNode variant : variants) {
            html.open("tr").element("th", variant.path("name").asText(), "scope", "row");
            for (int call : shown) {
                html.open("td", "class",
                    "number").text(Numbers.significant(variant.path("relativeError").get(call).doubleValue())).markup("<br>")
                    .text(Numbers.significant(Math.max(0, 1 - variant.path("cosine").get(call).doubleValue()))).close("td");
            }
            html.close("tr");
        }
        html.close("tbody").close("table").close("div").close("details");
    }
}
