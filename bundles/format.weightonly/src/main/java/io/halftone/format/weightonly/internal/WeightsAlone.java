package io.halftone.format.weightonly.internal;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;

/**
 * Another format's rounding for weights, with inputs as they are by design: a model of less memory that computes in floating
 * point. An attention has no weight, so a level that quantizes attentions is refused.
 *
 * @param rounding the format whose weights these are
 */
record WeightsAlone(QuantFormat rounding) {
    Optional<Granularity> granularity(Layer layer, Slot slot) {
        return switch (slot) {
            case WEIGHT -> rounding.granularity(layer, slot);
            case INPUT -> Optional.of(Granularity.NONE);
            default -> Optional.empty();
        };
    }

    <T> T roundTrip(Ops<T> ops, T x, Range range) {
        return rounding.roundTrip(ops, x, range);
    }
}
