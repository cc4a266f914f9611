package io.halftone.core.internal.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The least error for every saving, where each layer takes one of its options or none, and errors add up. A knapsack solved by
 * dynamic programming: savings are counted in units of a fine grid, and what a choice saves is added up exactly beside it.
 */
final class Front {
    private static final int UNITS = 1 << 15;

    /**
     * A way of quantizing a layer.
     *
     * @param id     what the caller knows it by
     * @param saving of cost, over 0
     * @param error  at least 0
     */
    record Option(int id, double saving, double error) {}

    /**
     * A choice.
     *
     * @param options ids, in the order of the layers
     */
    record Point(double saving, double error, List<Integer> options) {
        Point {
            options = List.copyOf(options);
        }
    }

    private final List<List<Option>> layers;
    private final int[][] units;
    /** Of each layer and sum of units, the option taken, from 1; 0 for none. */
    private final byte[][] taken;
    private double[] errors = {0};
    private double[] savings = {0};

    /**
     * Finds all choices that can be best.
     *
     * @param layers the options of each layer; those that save nothing or have no finite error are never taken
     */
    Front(List<List<Option>> layers) {
        this.layers = layers.stream().map(its -> its.stream().filter(o -> o.saving() > 0 && o.error() < Double.POSITIVE_INFINITY).toList()).toList();
        double unit = this.layers.stream().mapToDouble(its -> its.stream().mapToDouble(Option::saving).max().orElse(0)).sum() / UNITS;
        units = new int[layers.size()][];
        taken = new byte[layers.size()][];
        for (int i = 0; i < layers.size(); i++) {
            units[i] = this.layers.get(i).stream().mapToInt(o -> (int) Math.max(1, Math.round(o.saving() / unit))).toArray();
            add(i);
        }
    }

    private void add(int layer) {
        List<Option> its = layers.get(layer);
        int most = 0;
        for (int u : units[layer]) {
            most = Math.max(most, u);
        }
        int size = errors.length + most;
        double[] nextErrors = new double[size];
        double[] nextSavings = new double[size];
        byte[] choice = new byte[size];
        for (int s = 0; s < size; s++) {
            boolean reached = s < errors.length;
            double error = reached ? errors[s] : Double.POSITIVE_INFINITY;
            double saving = reached ? savings[s] : 0;
            for (int o = 0; o < its.size(); o++) {
                int before = s - units[layer][o];
                if (before < 0 || before >= errors.length) {
                    continue;
                }
                double candidate = errors[before] + its.get(o).error();
                double saved = savings[before] + its.get(o).saving();
                if (candidate < error || candidate == error && candidate < Double.POSITIVE_INFINITY && saved > saving) {
                    error = candidate;
                    saving = saved;
                    choice[s] = (byte) (o + 1);
                }
            }
            nextErrors[s] = error;
            nextSavings[s] = saving;
        }
        errors = nextErrors;
        savings = nextSavings;
        taken[layer] = choice;
    }

    /** What can be saved at most. */
    double greatestSaving() {
        return layers.stream().mapToDouble(its -> its.stream().mapToDouble(Option::saving).max().orElse(0)).sum();
    }

    /** The choice of the least error that saves so much; empty if none does. */
    Optional<Point> saving(double least) {
        double enough = least * (1 - 1e-12);   // sums of the same savings in another order
        int best = -1;
        for (int s = 0; s < errors.length; s++) {
            boolean feasible = errors[s] < Double.POSITIVE_INFINITY && savings[s] >= enough;
            if (feasible && (best < 0 || errors[s] < errors[best] || errors[s] == errors[best] && savings[s] > savings[best])) {
                best = s;
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(point(best));
    }

    private Point point(int sum) {
        List<Integer> options = new ArrayList<>();
        int s = sum;
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            int option = taken[layer][s] - 1;
            if (option >= 0) {
                options.add(layers.get(layer).get(option).id());
                s -= units[layer][option];
            }
        }
        Collections.reverse(options);
        return new Point(savings[sum], errors[sum], options);
    }
}
