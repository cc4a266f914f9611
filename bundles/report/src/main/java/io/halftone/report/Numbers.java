package io.halftone.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** How numbers are read from reports, and written for people. */
final class Numbers {
    private static final String NONE = "–";

    private Numbers() {}

    /** A number of a report, where the text {@code inf} is infinity; NaN where there is none. */
    static double of(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue().equals("inf") ? Double.POSITIVE_INFINITY : node.textValue().equals("-inf") ? Double.NEGATIVE_INFINITY
                : Double.NaN;
        }
        return node.isNumber() ? node.doubleValue() : Double.NaN;
    }

    /** With so many digits behind the point. */
    static String fixed(double value, int digits) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        return Double.isInfinite(value) ? "equal" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** A mean and the half width of its interval. */
    static String interval(JsonNode sample, int digits) {
        double interval = of(sample.path("interval"));
        return fixed(of(sample.path("mean")), digits) + (Double.isNaN(interval) ? "" : " ± " + fixed(interval, digits));
    }

    /** With three digits that count. */
    static String significant(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        if (value == 0) {
            return "0";
        }
        double magnitude = Math.abs(value);
        if (magnitude >= 1e5 || magnitude < 1e-3) {
            return String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e-").replace("e+0", "e");
        }
        int digits = (int) Math.max(0, 2 - Math.floor(Math.log10(magnitude)));
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    static String bytes(double bytes) {
        return bytes >= 1e9 ? fixed(bytes / 1e9, 2) + " GB" : bytes >= 1e6 ? fixed(bytes / 1e6, 1) + " MB" : fixed(bytes / 1e3, 0) + " kB";
    }

    static String percent(double part) {
        return fixed(100 * part, part < 0.1 ? 1 : 0) + " %";
    }
}
