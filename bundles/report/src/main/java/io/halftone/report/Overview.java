package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What was compared, whether it passed, and the figures of every variant. */
final class Overview {
    private static final String[][] SECTIONS = {{"summary", "Summary"}, {"pictures", "Pictures"}, {"steps", "Steps"}, {"layers", "Layers"},
        {"trade-off", "Trade-off"}, {"provenance", "Provenance"}};

    private Overview() {}

    static void header(Html html, JsonNode report) {
        JsonNode sampling = report.path("sampling");
        int variants = report.path("variants").size();
        html.open("header").element("p", "Halftone quality report", "class", "kicker");
        html.element("h1", EvaluationPage.title(report) + ", quantized");
        html.element("p", String.join(", ", count(report.path("prompts").size(), "prompt"), count(report.path("seeds").size(), "seed"),
            count(sampling.path("steps").intValue(), "step"), sampling.path("width").asText() + "x" + sampling.path("height").asText()
            + " pixels")
            + "; " + count(variants, "variant") + " against full precision", "class", "lead");
        html.open("nav", "aria-label", "Sections").open("ul");
        for (String[] section : SECTIONS) {
            html.open("li").element("a", section[1], "href", "#" + section[0]).close("li");
        }
        html.close("ul").close("nav").close("header");
    }

    private static String count(int n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    static void write(Html html, JsonNode report) {
        html.open("section", "id", "summary").element("h2", "Summary");
        gate(html, report.path("gate"));
        table(html, report);
        JsonNode msSsim = report.at("/metrics/msSsim");
        html.open("details").element("summary", "How these are measured");
        html.element("p",
            "Every variant draws the same pictures as full precision does: the same prompts, noise and steps. PSNR, SSIM and MS-SSIM "
            + "compare the pictures before they are rounded to 8 bits; ± is the 95 % confidence interval of the mean over the pictures (Student's t), "
            + "and worst is the worst single picture. Latency is the median call of the backbone while the pictures were made.");
        html.element("p", "MS-SSIM has " + msSsim.path("scales").asInt() + " of its usual " + msSsim.path("usualScales").asInt()
            + " scales here"
            + (msSsim.path("scales").asInt() < msSsim.path("usualScales").asInt()
                ? ", their weights divided by their sum: pictures below 161 pixels are too small for more. It is not comparable with that of larger ones."
                : "."));
        for (String network : List.of("lpips", "clip")) {
            if (report.path("metrics").has(network)) {
                html.element("p", report.at("/metrics/" + network + "/about").asText());
            }
        }
        html.close("details");
        strip(html, report);
        html.close("section");
    }

    private static void gate(Html html, JsonNode gate) {
        List<String> bounds = new ArrayList<>();
        bound(bounds, "PSNR at least ", gate.path("minPsnr"), " dB");
        bound(bounds, "SSIM at least ", gate.path("minSsim"), "");
        bound(bounds, "LPIPS at most ", gate.path("maxLpips"), "");
        if (bounds.isEmpty()) {
            return;
        }
        int failures = gate.path("failures").size();
        html.open("div", "class", failures == 0 ? "gate passed" : "gate failed", "role", "status");
        html.open("p").element("strong", failures == 0 ? "Passed" : "Failed").text(": every picture has " + String.join(", ", bounds)
            + (failures == 0 ? "." : " – " + failures + (failures == 1 ? " has" : " have") + " not:")).close("p");
        if (failures > 0) {
            html.open("ol");
            gate.path("failures").forEach(failure -> html.element("li", failure.asText()));
            html.close("ol");
        }
        html.close("div");
    }

    private static void bound(List<String> bounds, String words, JsonNode value, String unit) {
        if (!Double.isNaN(Numbers.of(value))) {
            bounds.add(words + value.asText() + unit);
        }
    }

    private static void table(Html html, JsonNode report) {
        boolean lpips = report.at("/metrics/lpips").isObject();
        boolean clip = report.at("/metrics/clip").isObject();
        html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", "Figures of every variant").open("table");
        html.open("thead").open("tr");
        List<String> heads = new ArrayList<>(List.of("Variant", "PSNR, dB", "worst", "SSIM", "MS-SSIM"));
        if (lpips) {
            heads.add("LPIPS");
        }
        if (clip) {
            heads.add("CLIP score");
        }
        heads.addAll(List.of("Weights", "Latency, ms", "Runs on", "Quantized layers"));
        for (int i = 0; i < heads.size(); i++) {
            html.element("th", heads.get(i), "scope", "col", "class", i > 0 && i < heads.size() - 2 ? "number" : "words");
        }
        html.close("tr").close("thead").open("tbody");
        double full = report.at("/reference/bytes").doubleValue();
        row(html, report.path("reference"), -1, full, lpips, clip);
        for (int i = 0; i < report.path("variants").size(); i++) {
            row(html, report.path("variants").get(i), i, full, lpips, clip);
        }
        html.close("tbody").close("table").close("div");
    }

    private static void row(Html html, JsonNode variant, int index, double full, boolean lpips, boolean clip) {
        JsonNode summary = variant.path("summary");
        html.open("tr").open("th", "scope", "row").markup(index < 0 ? "" : Plot.sample(index)).text(index < 0 ? "full precision"
            : variant.path("name").asText())
            .close("th");
        html.element("td", index < 0 ? "" : Numbers.interval(summary.path("psnr"), 2), "class", "number strong");
        html.element("td", index < 0 ? "" : Numbers.fixed(Numbers.of(summary.at("/psnr/least")), 2), "class", "number");
        html.element("td", index < 0 ? "" : Numbers.fixed(Numbers.of(summary.at("/ssim/mean")), 4), "class", "number");
        html.element("td", index < 0 ? "" : Numbers.fixed(Numbers.of(summary.at("/msSsim/mean")), 4), "class", "number");
        if (lpips) {
            html.element("td", index < 0 ? "" : Numbers.fixed(Numbers.of(summary.at("/lpips/mean")), 4), "class", "number");
        }
        if (clip) {
            html.element("td", Numbers.fixed(Numbers.of(summary.at("/clip/mean")), 2), "class", "number");
        }
        double bytes = variant.path("bytes").doubleValue();
        html.element("td", Numbers.bytes(bytes) + (index < 0 ? "" : " (" + Numbers.percent(bytes / full) + ")"), "class", "number");
        html.element("td", Numbers.fixed(variant.at("/latency/medianMillis").doubleValue(), 1), "class", "number");
        html.element("td", runsOn(variant), "class", "words");
        html.element("td", layers(variant), "class", "words");
        html.close("tr");
    }

    /** Where a variant runs, in a word or two. */
    static String runsOn(JsonNode variant) {
        String engine = variant.path("engine").asText();
        boolean simulated = engine.isEmpty() && variant.has("recipe");
        return simulated ? "libtorch, simulated" : engine.isEmpty() ? "libtorch" : engine;
    }

    private static String layers(JsonNode variant) {
        List<String> parts = new ArrayList<>();
        for (String kind : List.of("conv", "linear", "attention")) {
            int count = variant.path("quantized").path(kind).asInt();
            if (count > 0) {
                parts.add(count + " " + kind);
            }
        }
        return String.join(", ", parts);
    }

    /** Each picture's PSNR as a mark, the mean with its interval beside them. */
    private static void strip(Html html, JsonNode report) {
        JsonNode variants = report.path("variants");
        List<Double> figures = new ArrayList<>();
        variants.forEach(variant -> variant.path("pictures").forEach(picture -> figures.add(Numbers.of(picture.path("psnr")))));
        Axis psnr = Axis.over("PSNR, dB", figures, false);
        html.open("figure", "class", "wide").element("figcaption",
            "PSNR of every picture; further right is closer to full precision. The bar is the "
            + "mean's 95 % interval.");
        html.open("div", "class", "strip");
        for (int i = 0; i < variants.size(); i++) {
            JsonNode variant = variants.get(i);
            html.open("div", "class", "strip-row").open("span", "class",
                "strip-name").markup(Plot.sample(i)).text(variant.path("name").asText()).close("span");
            html.markup(Strip.row(i, psnr, variant));
            html.close("div");
        }
        html.open("div", "class", "strip-row").open("span").close("span").markup(Strip.axis(psnr)).close("div");
        html.close("div").close("figure");
    }
}
