package io.halftone.api;

import io.halftone.ops.Role;
import io.halftone.quant.QuantLevel;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a level quantizes.
 *
 * @param architecture the backbone's class
 * @param format       name of the number format
 * @param level        the level
 * @param policy       name of the level policy
 * @param layers       every layer that could be quantized, in the order in which the model runs them
 * @param idle         what of the settings changes nothing here: options of algorithms by name, {@link #COLLECTOR}, {@link #PERCENTILE}, and
 *                     {@link #CALIBRATION} where weights alone are quantized
 */
public record PlanResult(String architecture, String format, QuantLevel level, String policy, List<PlannedLayer> layers, Set<String> idle) {
    /** The collector, which no site is folded by. */
    public static final String COLLECTOR = "collector";
    /** The fraction of steps that counts, where no collector looks at less than all. */
    public static final String PERCENTILE = "percentile";
    /** All that says which prompts are run, and how. */
    public static final String CALIBRATION = "calibration";

    /** What a layer computes. */
    public enum Kind { CONV, LINEAR, ATTENTION }

    /**
     * A layer.
     *
     * @param quantized whether it ends up quantized
     * @param shape     sizes: (out, in), (out, in, kernel, kernel), or heads x head size
     * @param format    name of its number format; empty where it is not quantized
     * @param algorithm name of what decides it; empty where it is not quantized
     * @param collector name of the collector chosen for it; empty where it is not quantized
     * @param weights   elements of its weight; 0 for an attention
     */
    public record PlannedLayer(String name, Kind kind, Role role, boolean quantized, String shape, String format, String algorithm,
                               String collector, long weights) {}

    public PlanResult {
        layers = List.copyOf(layers);
        idle = Collections.unmodifiableSet(new TreeSet<>(idle));
    }

    /** The number of quantized layers of a kind. */
    public int quantized(Kind kind) {
        return (int) layers.stream().filter(l -> l.quantized() && l.kind() == kind).count();
    }

    /** The number of layers of a kind. */
    public int total(Kind kind) {
        return (int) layers.stream().filter(l -> l.kind() == kind).count();
    }

    /** The part of all layers' weights that is quantized, 0 to 1. */
    public double share() {
        long all = layers.stream().mapToLong(PlannedLayer::weights).sum();
        long chosen = layers.stream().filter(PlannedLayer::quantized).mapToLong(PlannedLayer::weights).sum();
        return all == 0 ? 0 : (double) chosen / all;
    }
}
