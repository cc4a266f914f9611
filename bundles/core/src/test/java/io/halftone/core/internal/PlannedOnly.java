package io.halftone.core.internal;

import io.halftone.ops.Layer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Slot;
import java.util.Map;
import java.util.Set;

/** An algorithm that layers are planned with, and that decides none; it looks at nothing. */
public class PlannedOnly implements Algorithm {
    private final Set<String> options;

    public PlannedOnly(String... options) {
        this.options = Set.of(options);
    }

    @Override
    public final Set<String> options() {
        return options;
    }

    @Override
    public Map<Slot, Observation> observations(Planned layer) {
        return Map.of();
    }

    @Override
    public final LayerState decide(LayerRun run) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        throw new UnsupportedOperationException();
    }
}
