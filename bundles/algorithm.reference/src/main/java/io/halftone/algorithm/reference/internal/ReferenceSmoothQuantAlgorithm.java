package io.halftone.algorithm.reference.internal;

import io.halftone.algorithm.smoothquant.Smoothed;
import io.halftone.algorithm.smoothquant.Smoothing;
import io.halftone.algorithm.smoothquant.SmoothingAlgorithm;
import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.Granularity;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * {@code smoothquant} as NVIDIA Model Optimizer's diffusers example has it (releases 0.21 to 0.33), so that its figures can be
 * matched to the bit. It smooths linear layers of formats with a scale for each output channel of the weight and one for the
 * input; all others are decided as {@code reference-max} does.
 */
@Component(service = Algorithm.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-smoothquant")
public final class ReferenceSmoothQuantAlgorithm extends SmoothingAlgorithm {
    /** An algorithm. */
    public ReferenceSmoothQuantAlgorithm() {
        super(1);
    }

    @Override
    protected boolean smooths(Planned planned) {
        Layer layer = planned.layer();
        return layer instanceof Layer.Linear && planned.slots().equals(Set.of(Slot.INPUT, Slot.WEIGHT)) && planned.weightAxis() == 0
            && planned.format().granularity(layer, Slot.INPUT).equals(Optional.of(Granularity.PER_TENSOR));
    }

    @Override
    public LayerState decide(LayerRun run) {
        Planned planned = run.planned();
        if (!smooths(planned)) {
            return ReferenceRanges.decide(run);
        }
        double alpha = alpha(run);
        String site = new Site(planned.layer().name(), Slot.INPUT).name();
        float[] a = run.seen(Slot.INPUT).amax();
        if (a.length == 1) {
            throw new CalibrationException(site
                + ": found one channel; expected more, where the reference goes on, or algorithm smoothquant");
        }
        ReferenceFactors factors = ReferenceFactors.of(site, a, run.weight(1).amax(), alpha, run.computeType());
        run.changeWeight(factors);
        Map<Slot, Range> ranges = Map.of(
            Slot.INPUT, ReferenceRanges.held(run, Slot.INPUT, factors.largest(a)),
            Slot.WEIGHT, run.weight(planned.weightAxis()));
        Map<Slot, String> origins = Map.of(
            Slot.INPUT, "largest of a_j * s_j over " + a.length + " channels; held in " + run.computeType() + "; alpha " + alpha
                + "; a_j: " + run.origin(Slot.INPUT),
            Slot.WEIGHT, DirectRanges.weightOrigin(planned) + ", times 1 / s_j");
        return LayerState.of(planned, ranges, origins).with(Map.of(Smoothing.VECTOR, factors.held(run.computeType())), List.of());
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        return Smoothed.of(state, ReferenceRanges.rewrite(layer, state, format));
    }
}
