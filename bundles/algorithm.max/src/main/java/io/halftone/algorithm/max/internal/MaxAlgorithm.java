package io.halftone.algorithm.max.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.CalibrationRun;
import io.halftone.quant.Collector;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/** Inputs by the chosen collector, weights by their largest magnitudes; nothing is moved between the two. */
@Component(service = Algorithm.class)
@Named("max")
public final class MaxAlgorithm implements Algorithm {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public List<LayerState> calibrate(CalibrationRun run) {
        Map<Site, Collector> collectors = new LinkedHashMap<>();
        for (CalibrationRun.Planned planned : run.plan()) {
            collectors.put(new Site(planned.layer().name(), Slot.INPUT), run.collector());
        }
        Map<Site, Range> inputs = run.observe(collectors, Map.of(), Map.of());
        List<LayerState> states = new ArrayList<>();
        for (CalibrationRun.Planned planned : run.plan()) {
            Layer layer = planned.layer();
            Range weight = run.weight(layer, planned.weightAxis());
            Range input = inputs.get(new Site(layer.name(), Slot.INPUT));
            states.add(new LayerState(layer.name(), planned.formatName(), Map.of(Slot.INPUT, input, Slot.WEIGHT, weight), Map.of()));
        }
        return states;
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        if (layer instanceof Layer.Attention) {
            throw new CalibrationException(layer.name() + ": found an attention; expected a linear layer or a convolution");
        }
        return new Rounded(format, state.range(Slot.INPUT), state.range(Slot.WEIGHT));
    }
}
