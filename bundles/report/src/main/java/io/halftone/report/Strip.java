package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** One line of a strip plot: a mark for each picture, and the mean with its interval. Places are in percent, so that marks keep their size. */
final class Strip {
    private static final String HEIGHT = "26";
    private static final String MIDDLE = "13";

    private Strip() {}

    static String row(int series, Axis axis, JsonNode variant) {
        JsonNode psnr = variant.at("/summary/psnr");
        double mean = Numbers.of(psnr.path("mean"));
        double interval = Numbers.of(psnr.path("interval"));
        Html svg = new Html();
        svg.open("svg", "height", HEIGHT, "role", "img", "aria-label",
            variant.path("name").asText() + ": PSNR " + Numbers.interval(psnr, 2) + " dB, worst "
            + Numbers.fixed(Numbers.of(psnr.path("least")), 2));
        for (double tick : axis.ticks()) {
            svg.open("line", "class", "grid", "x1", at(axis, tick), "x2", at(axis, tick), "y1", "0", "y2", HEIGHT).close("line");
        }
        if (Double.isFinite(mean) && Double.isFinite(interval)) {
            svg.open("rect", "class", "interval c" + series % Plot.COLOURS, "x", at(axis, mean - interval), "y", "8", "width",
                percent(axis.place(mean + interval) - axis.place(mean - interval)), "height", "10", "rx", "3").close("rect");
        }
        for (JsonNode picture : variant.path("pictures")) {
            double value = Numbers.of(picture.path("psnr"));
            if (Double.isFinite(value)) {
                svg.open("circle", "class", "dot c" + series % Plot.COLOURS, "cx", at(axis, value), "cy", MIDDLE, "r", "4").close("circle");
            }
        }
        if (Double.isFinite(mean)) {
            svg.open("line", "class", "mean", "x1", at(axis, mean), "x2", at(axis, mean), "y1", "4", "y2", "22").close("line");
        }
        return svg.close("svg").toString();
    }

    static String axis(Axis axis) {
        Html svg = new Html();
        svg.open("svg", "height", "20", "aria-hidden", "true");
        for (double tick : axis.ticks()) {
            svg.element("text", axis.text(tick), "class", "tick", "x", at(axis, tick), "y", "14", "text-anchor", "middle");
        }
        return svg.close("svg").toString();
    }

    private static String at(Axis axis, double value) {
        return percent(axis.place(value));
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * part);
    }
}
