package io.halftone.algorithm.max.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Inputs by the chosen collector, weights by their largest magnitudes; nothing is moved between the two. */
@Component(service = Algorithm.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("max")
public final class MaxAlgorithm implements Algorithm {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public Map<Slot, Observation> observations(Planned layer) {
        return DirectRanges.observations(layer);
    }

    @Override
    public LayerState decide(LayerRun run) {
        return DirectRanges.decide(run);
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        return new Rounded(format, state.ranges());
    }
}
