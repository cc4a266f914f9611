package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Figures of several pictures.
 *
 * @param count    of figures
 * @param mean     of them
 * @param interval half the width of the mean's 95 % confidence interval, by Student's t; NaN for a single figure or an infinite one
 * @param least    of them
 * @param greatest of them
 */
public record Sample(int count, double mean, double interval, double least, double greatest) {
    /** The 97.5 % quantile of Student's t by degrees of freedom from 1. */
    private static final double[] STUDENT = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
        2.145,
        2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    private static final double NORMAL = 1.960;

    /** Of figures that are numbers; NaN is left out. */
    static Sample of(List<Double> figures) {
        double[] values = figures.stream().mapToDouble(Double::doubleValue).filter(v -> !Double.isNaN(v)).toArray();
        int n = values.length;
        double mean = 0;
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            mean += value / n;
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        if (n == 0) {
            return new Sample(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double interval = n < 2 || Double.isInfinite(mean) ? Double.NaN : student(n - 1) * Math.sqrt(squares / (n - 1) / n);
        return new Sample(n, mean, interval, least, greatest);
    }

    /** Between the tabled degrees of freedom and the normal distribution: 1.96 + 2.46 / degrees is exact to 0.002 there. */
    private static double student(int degrees) {
        return degrees <= STUDENT.length ? STUDENT[degrees - 1] : NORMAL + 2.46 / degrees;
    }

    /** As JSON. */
    void put(ObjectNode node, String name) {
        ObjectNode its = node.putObject(name);
        Measurements.put(its, "mean", mean);
        Measurements.put(its, "interval", interval);
        Measurements.put(its, "least", least);
        Measurements.put(its, "greatest", greatest);
    }
}
