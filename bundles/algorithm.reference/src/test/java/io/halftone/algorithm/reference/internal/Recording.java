package io.halftone.algorithm.reference.internal;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A format with one scale for each tensor that rounds nothing and remembers what it is asked. */
final class Recording implements QuantFormat {
    private final List<String> asked = new ArrayList<>();

    List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return Optional.of(Granularity.PER_TENSOR);
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        asked.add(ops.shape(x) + " " + range.max());
        return x;
    }
}
