package io.halftone.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One axis of a plot.
 *
 * @param label what it shows, with its unit
 * @param least at its beginning
 * @param most  at its end; greater
 * @param log   whether decades are of one length
 */
record Axis(String label, double least, double most, boolean log) {
    private static final int TICKS = 5;

    /** From figures, with a little room on both sides; on a logarithmic axis, those over 0. */
    static Axis over(String label, List<Double> figures, boolean log) {
        double[] values = figures.stream().mapToDouble(Double::doubleValue).filter(v -> Double.isFinite(v) && (!log || v > 0)).toArray();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        if (values.length == 0) {
            return new Axis(label, log ? 1 : 0, log ? 10 : 1, log);
        }
        if (log) {
            double room = Math.max(1.15, Math.pow(most / least, 0.06));
            return new Axis(label, least / room, most * room, true);
        }
        double room = most == least ? Math.max(1, Math.abs(most) * 0.1) : (most - least) * 0.08;
        return new Axis(label, least - room, most + room, false);
    }

    /** The same axis, starting at 0. */
    Axis fromZero() {
        return new Axis(label, 0, most, false);
    }

    /** Where a value lies, 0 to 1; values beyond the ends lie there. */
    double place(double value) {
        double part = log ? Math.log(Math.max(value, least) / least) / Math.log(most / least) : (value - least) / (most - least);
        return Math.max(0, Math.min(1, part));
    }

    /** Round values within. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (log) {
            double decades = Math.log10(most / least);
            double[] steps = decades > 2.5 ? new double[] {1} : decades > 1.2 ? new double[] {1, 3} : new double[] {1, 2, 5};
            int stride = (int) Math.max(1, Math.ceil(decades / 6));
            for (int power = (int) Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
                for (double step : steps) {
                    double tick = step * Math.pow(10, power);
                    if (Math.floorMod(power, stride) == 0 && tick >= least && tick <= most) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
        double raw = (most - least) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = raw / power > 5 ? 10 * power : raw / power > 2 ? 5 * power : raw / power > 1 ? 2 * power : power;
        for (double tick = Math.ceil(least / step) * step; tick <= most + step * 1e-9; tick += step) {
            ticks.add(Math.abs(tick) < step * 1e-9 ? 0 : tick);
        }
        return ticks;
    }

    /** A tick as it is written. */
    String text(double tick) {
        if (tick != 0 && (Math.abs(tick) >= 1e5 || Math.abs(tick) < 1e-3)) {
            return Numbers.significant(tick).replace(".0e", "e");
        }
        String text = java.math.BigDecimal.valueOf(tick).round(new java.math.MathContext(6)).stripTrailingZeros().toPlainString();
        return text.replace('-', '−');
    }
}
