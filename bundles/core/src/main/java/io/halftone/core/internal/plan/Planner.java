package io.halftone.core.internal.plan;

import io.halftone.api.PlanResult;
import io.halftone.ops.Layer;
import io.halftone.quant.CalibrationRun;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Chooses the layers that a level quantizes.
 *
 * @param policyName the policy's name
 * @param policy     says which slots
 * @param level      how much
 * @param formatName the format's name
 * @param format     must be offered at every slot that the policy chooses
 */
public record Planner(String policyName, LevelPolicy policy, QuantLevel level, String formatName, QuantFormat format) {
    /** Refuses a level that the policy has not. */
    public Planner {
        if (!policy.levels().contains(level)) {
            throw new IllegalArgumentException("quant level: found " + level + "; expected one of " + policy.levels() + " of policy " + policyName);
        }
    }

    /**
     * The layers to quantize, in the order of the model.
     *
     * @throws IllegalArgumentException if the format is not offered where the level needs it, or the level chooses nothing
     */
    public List<CalibrationRun.Planned> plan(List<Layer> layers) {
        List<CalibrationRun.Planned> planned = new ArrayList<>();
        for (Layer layer : layers) {
            Set<Slot> slots = policy.slots(level, layer);
            for (Slot slot : slots) {
                if (format.granularity(layer, slot).isEmpty()) {
                    String what = layer instanceof Layer.Attention ? "attention" : "slot " + slot.suffix() + " of " + layer.name();
                    throw new IllegalArgumentException("quant level " + level + ": found format " + formatName + ", which does not offer " + what
                        + "; expected a lower level, or a format that does");
                }
            }
            if (!slots.isEmpty()) {
                planned.add(new CalibrationRun.Planned(layer, slots, formatName, format));
            }
        }
        if (planned.isEmpty()) {
            throw new IllegalArgumentException("quant level " + level + ": found no layer that policy " + policyName
                + " quantizes in this model; expected at least one: choose a higher level");
        }
        return planned;
    }

    /** The same as a result, with the layers that stay as they are. */
    public PlanResult describe(String architecture, List<Layer> layers) {
        List<PlanResult.PlannedLayer> described = new ArrayList<>();
        List<Layer> quantized = plan(layers).stream().map(CalibrationRun.Planned::layer).toList();
        for (Layer layer : layers) {
            described.add(new PlanResult.PlannedLayer(layer.name(), kind(layer), layer.role(), quantized.contains(layer), sizes(layer)));
        }
        return new PlanResult(architecture, formatName, level, policyName, described);
    }

    private static PlanResult.Kind kind(Layer layer) {
        if (layer instanceof Layer.Conv) {
            return PlanResult.Kind.CONV;
        }
        return layer instanceof Layer.Linear ? PlanResult.Kind.LINEAR : PlanResult.Kind.ATTENTION;
    }

    private static String sizes(Layer layer) {
        if (layer instanceof Layer.Conv conv) {
            return conv.weightShape().toString();
        }
        return layer instanceof Layer.Linear linear ? linear.weightShape().toString()
            : ((Layer.Attention) layer).heads() + " x " + ((Layer.Attention) layer).headDim();
    }
}
