package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What quality costs in size and time. */
final class TradeOffSection {
    private TradeOffSection() {}

    static void write(Html html, JsonNode report) {
        html.open("section", "id", "trade-off").element("h2", "Trade-off");
        html.element("p",
            "Further up and to the left is better. The line joins the variants that no other one beats in both. The dashed line is full precision "
            + "on libtorch. Hollow marks are simulated: libtorch rounds values and computes in full precision, so that their time is not that of a "
            + "deployment and has no part in the line.");
        html.open("div", "class", "plots");
        plot(html, report, "Size of the backbone's weights, MB", variant -> variant.path("bytes").doubleValue() / 1e6, true);
        plot(html, report, "Median latency of a call, ms", variant -> variant.at("/latency/medianMillis").doubleValue(), false);
        html.close("div");
        StepsSection.legend(html, report.path("variants"));
        html.open("ul", "class", "notes");
        report.path("variants").forEach(variant -> {
            if (!variant.path("note").asText().isEmpty()) {
                html.open("li").element("b", variant.path("name").asText()).text(": " + variant.path("note").asText()).close("li");
            }
        });
        html.close("ul").close("section");
    }

    private static void plot(Html html, JsonNode report, String label, ToDoubleFunction<JsonNode> cost, boolean simulatedCounts) {
        JsonNode variants = report.path("variants");
        List<Double> costs = new ArrayList<>(List.of(cost.applyAsDouble(report.path("reference"))));
        List<Double> quality = new ArrayList<>();
        for (JsonNode variant : variants) {
            costs.add(cost.applyAsDouble(variant));
            quality.add(Numbers.of(variant.at("/summary/psnr/mean")));
        }
        Axis x = Axis.over(label, costs, false).fromZero();
        Plot plot = new Plot(label + " against the mean PSNR of each variant", x, Axis.over("mean PSNR, dB", quality, false), 560, 360);
        plot.across(cost.applyAsDouble(report.path("reference")));
        List<double[]> candidates = new ArrayList<>();
        for (JsonNode variant : variants) {
            double psnr = Numbers.of(variant.at("/summary/psnr/mean"));
            if (Double.isFinite(psnr) && (simulatedCounts || !simulated(variant))) {
                candidates.add(new double[] {cost.applyAsDouble(variant), psnr});
            }
        }
        plot.front(front(candidates));
        for (int v = 0; v < variants.size(); v++) {
            JsonNode variant = variants.get(v);
            double psnr = Numbers.of(variant.at("/summary/psnr/mean"));
            if (Double.isFinite(psnr)) {
                double at = cost.applyAsDouble(variant);
                plot.mark(v, at, psnr, 5.5, !simulatedCounts && simulated(variant), variant.path("name").asText() + ": "
                    + Numbers.significant(at) + ", "
                    + Numbers.fixed(psnr, 2) + " dB");
            }
        }
        for (JsonNode variant : variants) {
            double psnr = Numbers.of(variant.at("/summary/psnr/mean"));
            if (Double.isFinite(psnr)) {
                plot.label(cost.applyAsDouble(variant), psnr, variant.path("name").asText());
            }
        }
        html.open("figure").element("figcaption", label).markup(plot.toString()).close("figure");
    }

    private static boolean simulated(JsonNode variant) {
        return variant.path("engine").asText().isEmpty();
    }

    /** The points that no other beats in both, by rising cost. */
    static List<double[]> front(List<double[]> points) {
        List<double[]> sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingDouble((double[] p) -> p[0]).thenComparing(p -> -p[1]));
        List<double[]> front = new ArrayList<>();
        for (double[] point : sorted) {
            if (front.isEmpty() || point[1] > front.get(front.size() - 1)[1]) {
                front.add(point);
            }
        }
        return front;
    }
}
