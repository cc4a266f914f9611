package io.halftone.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plot as SVG; its colours are those of the page's style, by number, and no series is told apart by colour alone. */
final class Plot {
    private static final double LEFT = 62;
    private static final double RIGHT = 14;
    private static final double TOP = 12;
    private static final double BOTTOM = 46;
    /** About the width of a character of a label. */
    private static final double CHARACTER = 6.4;
    /** The style has so many colours. */
    static final int COLOURS = 8;
    private static final String[] DASHES = {"", "7 4", "2 3", "9 3 2 3"};

    private final Axis x;
    private final Axis y;
    private final double width;
    private final double height;
    private final Html svg = new Html();
    private final List<double[]> labels = new ArrayList<>();

    /**
     * @param title what it shows, for those who do not see it
     */
    Plot(String title, Axis x, Axis y, double width, double height) {
        this.x = x;
        this.y = y;
        this.width = width;
        this.height = height;
        svg.open("svg", "viewBox", "0 0 " + number(width) + " " + number(height), "role", "img", "aria-label", title, "class", "plot");
        axes();
    }

    private void axes() {
        svg.open("g", "class", "axes", "aria-hidden", "true");
        for (double tick : y.ticks()) {
            double at = vertical(tick);
            line("grid", LEFT, at, width - RIGHT, at);
            text(y.text(tick), LEFT - 6, at + 4, "end", "tick");
        }
        for (double tick : x.ticks()) {
            double at = horizontal(tick);
            line("grid", at, TOP, at, height - BOTTOM);
            text(x.text(tick), at, height - BOTTOM + 16, "middle", "tick");
        }
        line("frame", LEFT, height - BOTTOM, width - RIGHT, height - BOTTOM);
        line("frame", LEFT, TOP, LEFT, height - BOTTOM);
        text(x.label(), (LEFT + width - RIGHT) / 2, height - 8, "middle", "label");
        svg.open("text", "class", "label", "text-anchor", "middle", "transform",
            "translate(14 " + number((TOP + height - BOTTOM) / 2) + ") rotate(-90)").text(y.label()).close("text");
        svg.close("g");
    }

    /** A line through points; where a value is not finite there is a gap. */
    Plot line(int series, List<Double> xs, List<Double> ys) {
        StringBuilder path = new StringBuilder();
        boolean gap = true;
        for (int i = 0; i < xs.size(); i++) {
            double value = ys.get(i);
            boolean drawn = Double.isFinite(value) && (!y.log() || value > 0);
            if (drawn) {
                path.append(gap ? 'M' : 'L').append(number(horizontal(xs.get(i)))).append(' ').append(number(vertical(value)));
            }
            gap = !drawn;
        }
        svg.open("path", "class", "line c" + series % COLOURS, "stroke-dasharray", dash(series), "d", path.toString()).close("path");
        return this;
    }

    private static String dash(int series) {
        String dash = DASHES[series / COLOURS % DASHES.length];
        return dash.isEmpty() ? "none" : dash;
    }

    /** A mark, with words for who points at it. */
    Plot mark(int series, double atX, double atY, double size, boolean hollow, String words) {
        svg.open("g", "class", "mark c" + series % COLOURS + (hollow ? " hollow" : ""));
        svg.element("title", words);
        svg.markup(shape(series, horizontal(atX), vertical(atY), size)).close("g");
        if (size > 4) {
            labels.add(new double[] {horizontal(atX) - size, vertical(atY) - size, horizontal(atX) + size, vertical(atY) + size});
        }
        return this;
    }

    /** A bar of the interval around a mean. */
    Plot whisker(int series, double atX, double from, double to) {
        svg.open("g", "class", "whisker c" + series % COLOURS);
        line("", horizontal(atX), vertical(from), horizontal(atX), vertical(to));
        svg.close("g");
        return this;
    }

    /** A dashed line from top to bottom. */
    Plot across(double atX) {
        line("across", horizontal(atX), TOP, horizontal(atX), height - BOTTOM);
        return this;
    }

    /** Words beside a mark, on the first side where there is room; none where there is none, as the mark has them too. */
    Plot label(double atX, double atY, String words) {
        double wide = words.length() * CHARACTER;
        for (int side = 0; side < 4; side++) {
            double left = side % 2 == 0 ? horizontal(atX) + 9 : horizontal(atX) - 9 - wide;
            double base = vertical(atY) + (side < 2 ? -5 : 14);
            double[] box = {left, base - 11, left + wide, base + 3};
            boolean inside = left > LEFT && left + wide < width - 2 && base - 11 > 0 && base < height - BOTTOM;
            if (inside && labels.stream().noneMatch(b -> b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) {
                labels.add(box);
                text(words, side % 2 == 0 ? left : horizontal(atX) - 9, base, side % 2 == 0 ? "start" : "end", "name");
                return this;
            }
        }
        return this;
    }

    /** A line of steps through points that nothing else beats, from the left. */
    Plot front(List<double[]> points) {
        if (points.size() > 1) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < points.size(); i++) {
                double atX = horizontal(points.get(i)[0]);
                double atY = vertical(points.get(i)[1]);
                path.append(i == 0 ? "M" + number(atX) + " " + number(atY) : "H" + number(atX) + "V" + number(atY));
            }
            svg.open("path", "class", "front", "d", path.toString()).close("path");
        }
        return this;
    }

    private void line(String kind, double x1, double y1, double x2, double y2) {
        svg.open("line", "class", kind, "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2)).close("line");
    }

    private void text(String words, double atX, double atY, String anchor, String kind) {
        svg.open("text", "class", kind, "x", number(atX), "y", number(atY), "text-anchor", anchor).text(words).close("text");
    }

    private double horizontal(double value) {
        return LEFT + x.place(value) * (width - LEFT - RIGHT);
    }

    private double vertical(double value) {
        return height - BOTTOM - y.place(value) * (height - TOP - BOTTOM);
    }

    /** A sample of a series' line and mark, for a legend. */
    static String sample(int series) {
        return "<svg class=\"sample\" viewBox=\"0 0 34 14\" aria-hidden=\"true\"><path class=\"line c" + series % COLOURS
            + "\" stroke-dasharray=\""
            + dash(series) + "\" d=\"M1 7L33 7\"></path><g class=\"mark c" + series % COLOURS + "\">" + shape(series, 17, 7, 4)
            + "</g></svg>";
    }

    private static String shape(int series, double x, double y, double r) {
        double w = r * 1.15;
        return switch (series % 5) {
            case 0 -> "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(r) + "\"></circle>";
            case 1 -> "<rect x=\"" + number(x - r) + "\" y=\"" + number(y - r) + "\" width=\"" + number(2 * r) + "\" height=\""
                + number(2 * r) + "\"></rect>";
            case 2 -> path(x, y - w, x + w, y + r, x - w, y + r);
            case 3 -> path(x, y - r * 1.3, x + r * 1.3, y, x, y + r * 1.3, x - r * 1.3, y);
            default -> path(x, y + w, x + w, y - r, x - w, y - r);
        };
    }

    private static String path(double... points) {
        StringBuilder path = new StringBuilder("<path d=\"");
        for (int i = 0; i < points.length; i += 2) {
            path.append(i == 0 ? 'M' : 'L').append(number(points[i])).append(' ').append(number(points[i + 1]));
        }
        return path.append("Z\"></path>").toString();
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    @Override
    public String toString() {
        return svg + "</svg>\n";
    }
}
