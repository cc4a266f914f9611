package io.halftone.algorithm.reference.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.util.EnumMap;
import java.util.Map;

/**
 * The plainest way to decide a layer, as the reference has it: ranges are held in the compute type, and those of queries are from
 * before they are scaled.
 */
final class ReferenceRanges {
    private ReferenceRanges() {}

    static LayerState decide(LayerRun run) {
        LayerState direct = DirectRanges.decide(run);
        Map<Slot, Range> ranges = new EnumMap<>(direct.ranges());
        Map<Slot, String> origins = new EnumMap<>(direct.origins());
        for (Slot slot : new Slot[] {Slot.INPUT, Slot.QUERY, Slot.KEY, Slot.VALUE}) {
            if (ranges.containsKey(slot)) {
                ranges.put(slot, held(run, slot, run.seen(slot).max()));
                origins.put(slot, run.origin(slot) + "; held in " + run.computeType());
            }
        }
        return LayerState.of(run.planned(), ranges, origins);
    }

    /** The range as the compute type holds it. */
    static Range held(LayerRun run, Slot slot, float amax) {
        DType type = run.computeType();
        float held = Float16.rounded(amax, type);
        if (Float.isInfinite(held)) {
            throw new CalibrationException(run.planned().layer().name() + "." + slot.suffix() + ": found amax " + amax
                + "; expected one that " + type + " holds, as the reference does");
        }
        return Range.of(held);
    }

    static LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        return layer instanceof Layer.Attention ? new ReferenceAttention(format, state.ranges()) : new Rounded(format, state.ranges());
    }
}
