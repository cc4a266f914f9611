package io.halftone.algorithm.svdquant.internal;

import io.halftone.algorithm.smoothquant.Alpha;
import io.halftone.algorithm.smoothquant.Smoothed;
import io.halftone.algorithm.smoothquant.Smoothing;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * SVDQuant: moves the outliers of a linear layer's input into its weight, then takes the weight's largest singular values
 * out, which run beside the rest in the compute type; the rest is rounded. A weight whose smaller side is not above the rank
 * is smoothed alone, and its origin says so; one whose input stays as it is only taken apart. Convolutions and attentions keep
 * the ranges of the chosen collector. The paper searches alpha for each layer; here it is one number, 0.5 where the user gives
 * none, which shares the difficulty evenly.
 * Source: Li et al., SVDQuant, arXiv 2411.05007, section 4.2.
 */
@Component(service = Algorithm.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("svdquant")
public final class SvdQuantAlgorithm implements Algorithm {
    private static final double USUAL_ALPHA = 0.5;
    private static final int USUAL_RANK = 32;
    private static final String RANK = "rank";
    private static final int GREATEST_RANK = 1024;
    /** Of a state's vectors, one number: the rank of the two factors. */
    private static final String RANK_VECTOR = "weight_quantizer.svdquant_rank";

    @Override
    public Set<String> options() {
        return Set.of(Alpha.OPTION, RANK);
    }

    @Override
    public Set<String> options(Planned layer) {
        Set<String> options = new HashSet<>();
        if (Smoothing.applies(layer)) {
            options.add(Alpha.OPTION);
        }
        if (layer.layer() instanceof Layer.Linear && layer.slots().contains(Slot.WEIGHT)) {
            options.add(RANK);
        }
        return options;
    }

    @Override
    public Map<String, String> usual() {
        return Map.of(Alpha.OPTION, Double.toString(USUAL_ALPHA), RANK, Integer.toString(USUAL_RANK));
    }

    @Override
    public void check(Map<String, String> values) {
        Alpha.check(values);
        String given = values.get(RANK);
        if (given != null) {
            double value;
            try {
                value = Double.parseDouble(given);
            } catch (NumberFormatException e) {
                value = Double.NaN;
            }
            rank(value, given);
        }
    }

    private static int rank(double value, String given) {
        if (!(value >= 1 && value <= GREATEST_RANK && value == Math.rint(value))) {
            throw new IllegalArgumentException(RANK + ": found " + given + "; expected a whole number, 1 to " + GREATEST_RANK);
        }
        return (int) value;
    }

    @Override
    public Map<Slot, Observation> observations(Planned layer) {
        return Smoothing.applies(layer) ? Smoothing.observations() : DirectRanges.observations(layer);
    }

    @Override
    public LayerState decide(LayerRun run) {
        Planned planned = run.planned();
        double given = run.option(RANK, USUAL_RANK);
        int rank = rank(given, Double.toString(given));
        boolean split = planned.layer() instanceof Layer.Linear linear && planned.slots().contains(Slot.WEIGHT)
            && Math.min(linear.in(), linear.out()) > rank;
        String name = planned.layer().name();
        if (Smoothing.applies(planned)) {
            Smoothing smoothing = Smoothing.of(Alpha.of(run, USUAL_ALPHA), run);
            run.changeWeight(split ? new SplitOff(smoothing, rank, name, run.computeType()) : smoothing);
            LayerState state = smoothing.state(run);
            return split ? lacking(state, rank) : whole(state, planned.layer(), rank);
        }
        if (split) {
            run.changeWeight(new SplitOff(SplitOff.WHOLE, rank, name, run.computeType()));
            return lacking(DirectRanges.decide(run), rank);
        }
        return whole(DirectRanges.decide(run), planned.layer(), rank);
    }

    /** The state of a layer that is not split; that of a linear layer says why. */
    private static LayerState whole(LayerState state, Layer layer, int rank) {
        return layer instanceof Layer.Linear linear
            ? weightOrigin(state, "; not split: rank " + rank + ", smaller side " + Math.min(linear.in(), linear.out())) : state;
    }

    /** The state of a layer whose weight lacks its low-rank part. */
    private static LayerState lacking(LayerState state, int rank) {
        Map<String, float[]> vectors = new HashMap<>(state.vectors());
        vectors.put(RANK_VECTOR, new float[] {rank});
        return weightOrigin(state, ", less its part of rank " + rank).with(vectors, List.of(LowRankBranch.A, LowRankBranch.B));
    }

    /** The state with more said of how the range of its weight came about, if it has one. */
    private static LayerState weightOrigin(LayerState state, String more) {
        Map<Slot, String> origins = new HashMap<>(state.origins());
        origins.computeIfPresent(Slot.WEIGHT, (slot, origin) -> origin + more);
        return new LayerState(state.layer(), state.algorithm(), state.format(), state.ranges(), origins, state.vectors(), state.parameters());
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        LayerRewrite rounded = new Rounded(format, state.ranges());
        float[] rank = state.vectors().get(RANK_VECTOR);
        return Smoothed.of(state, rank == null ? rounded : new LowRankBranch((int) rank[0], rounded));
    }
}
