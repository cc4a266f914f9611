package io.halftone.algorithm.reference.internal;

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
import io.halftone.quant.Slot;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * {@code max} as NVIDIA Model Optimizer's diffusers example has it (releases 0.21 to 0.33), so that its figures can be
 * matched: ranges in the compute type; queries and keys are rounded behind the root of the scale with ranges from before it.
 */
@Component(service = Algorithm.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-max")
public final class ReferenceMaxAlgorithm implements Algorithm {
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
        return ReferenceRanges.decide(run);
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        return ReferenceRanges.rewrite(layer, state, format);
    }
}
