package io.halftone.itests.plugin;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;

/** INT8 over half of its range, one scale for each tensor. */
public final class Int7Format implements QuantFormat {
    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return slot == Slot.INPUT || slot == Slot.WEIGHT ? Optional.of(Granularity.PER_TENSOR) : Optional.empty();
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        T scale = ops.constant(range.scales(63)[0], ops.dtype(x));
        return ops.dequantize(ops.quantize(x, DType.INT8, scale, 0), scale, 0);
    }
}
