package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows of numbers as colours: a pixel for each, drawn large. */
final class Heatmap {
    private static final double LEFT = 132;
    private static final double WIDTH = 560;
    private static final double HEIGHT = 460;
    private static final double BOTTOM = 46;
    private static final double LINE = 11;
    /** The block that a layer is in: a word, and a number where the word is of several. */
    private static final Pattern BLOCK = Pattern.compile("[^.]+(\\.\\d+)?");

    private Heatmap() {}

    /** The largest magnitudes of layers at each call, each row over its own largest. */
    static String of(JsonNode layers) throws IOException {
        int calls = layers.get(0).path("amax").size();
        BufferedImage image = new BufferedImage(calls, layers.size(), BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < layers.size(); row++) {
            double largest = 0;
            for (JsonNode value : layers.get(row).path("amax")) {
                largest = Math.max(largest, value.doubleValue());
            }
            for (int call = 0; call < calls; call++) {
                image.setRGB(call, row, Ramp.colour(largest == 0 ? 0 : layers.get(row).path("amax").get(call).doubleValue() / largest));
            }
        }
        Html svg = new Html();
        svg.open("svg", "viewBox", "0 0 560 460", "role", "img", "class", "plot", "aria-label", "Largest magnitude that goes into each of "
            + layers.size()
            + " layers at each of " + calls + " calls");
        svg.open("image", "href", new Inlay(Integer.MAX_VALUE, 0).uri(image), "x", number(LEFT), "y", "6", "width",
            number(WIDTH - LEFT - 6), "height",
            number(HEIGHT - BOTTOM - 6), "preserveAspectRatio", "none", "class", "pixels").close("image");
        blocks(svg, layers);
        Axis axis = new Axis("", 0.5, calls + 0.5, false);
        for (double tick : axis.ticks()) {
            if (tick >= 1 && tick == Math.rint(tick)) {
                svg.element("text", axis.text(tick), "class", "tick", "x", number(LEFT + axis.place(tick) * (WIDTH - LEFT - 6)), "y",
                    number(HEIGHT - BOTTOM + 16), "text-anchor", "middle");
            }
        }
        svg.element("text", "call of the backbone", "class", "label", "x", number((LEFT + WIDTH) / 2), "y", number(HEIGHT - 8),
            "text-anchor", "middle");
        return svg.close("svg").toString() + legend();
    }

    private static void blocks(Html svg, JsonNode layers) {
        double scale = (HEIGHT - BOTTOM - 6) / layers.size();
        double free = 0;
        int from = 0;
        for (int row = 1; row <= layers.size(); row++) {
            if (row < layers.size() && block(layers.get(row)).equals(block(layers.get(from)))) {
                continue;
            }
            double middle = 6 + (from + row) / 2.0 * scale;
            svg.open("line", "class", "frame", "x1", number(LEFT - 5), "x2", number(LEFT), "y1", number(6 + from * scale), "y2", number(6
                + from * scale))
                .close("line");
            if (middle - LINE / 2 >= free) {
                svg.element("text", block(layers.get(from)), "class", "tick", "x", number(LEFT - 8), "y", number(middle + 4),
                    "text-anchor", "end");
                free = middle + LINE / 2;
            }
            from = row;
        }
    }

    private static String block(JsonNode layer) {
        Matcher block = BLOCK.matcher(layer.path("name").asText());
        return block.lookingAt() ? block.group() : "";
    }

    private static String legend() {
        StringBuilder stops = new StringBuilder();
        for (int i = 0; i <= 8; i++) {
            stops.append(i == 0 ? "" : ", ").append(String.format("#%06x", Ramp.colour(i / 8.0)));
        }
        return "<p class=\"ramp\"><span>0</span><i style=\"background: linear-gradient(to right, " + stops
            + ")\"></i><span>the layer's largest</span></p>\n";
    }

    /** A small line over the calls, from 0. */
    static String sparkline(JsonNode values) {
        double largest = 0;
        List<Double> numbers = new ArrayList<>();
        for (JsonNode value : values) {
            largest = Math.max(largest, value.doubleValue());
            numbers.add(value.doubleValue());
        }
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            path.append(i == 0 ? 'M' : 'L').append(number(2 + 96.0 * i / Math.max(1, numbers.size() - 1))).append(' ')
                .append(number(20 - (largest == 0 ? 0 : 18 * numbers.get(i) / largest)));
        }
        return "<svg class=\"spark\" viewBox=\"0 0 100 22\" aria-hidden=\"true\"><path class=\"line c0\" d=\"" + path + "\"></path></svg>";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
