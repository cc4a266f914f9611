package io.halftone.quant;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** A number format: int8, fp8 ... Found by {@link io.halftone.model.Named}. Stateless. */
@ConsumerType
public interface QuantFormat {
    /**
     * What shares a scale at this slot; {@link Granularity#NONE} where the format leaves the slot as it is by design; empty if
     * the format is not offered there, so that a level that needs it is refused.
     */
    Optional<Granularity> granularity(Layer layer, Slot slot);

    /**
     * The value as the format holds it: quantized and dequantized. Rounds half to even and saturates.
     *
     * @return the shape and type of x
     */
    <T> T roundTrip(Ops<T> ops, T x, Range range);

    /**
     * The value times a factor as the format holds it. A format whose scale is one number puts the factor into it: runtimes fuse the rounding into
     * what makes the value only where no product stands between.
     *
     * @param range  of the value times the factor
     * @param factor greater than 0
     * @return the shape and type of x
     */
    default <T> T roundTrip(Ops<T> ops, T x, Range range, double factor) {
        return roundTrip(ops, ops.mul(x, ops.constant(factor, ops.dtype(x))), range);
    }

    /** The algorithm that serves this format best where the user names none. */
    default String usualAlgorithm() {
        return "max";
    }
}
