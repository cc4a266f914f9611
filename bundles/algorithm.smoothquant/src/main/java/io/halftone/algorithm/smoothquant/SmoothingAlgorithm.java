package io.halftone.algorithm.smoothquant;

import io.halftone.quant.Algorithm;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.LayerRun;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.Slot;
import java.util.Map;
import java.util.Set;

/** An algorithm that smooths some layers, by an alpha of the user's choice, and looks at the others with the chosen collector. */
public abstract class SmoothingAlgorithm implements Algorithm {
    private final double usualAlpha;

    /** An algorithm with that alpha where the user gives none. */
    protected SmoothingAlgorithm(double usualAlpha) {
        this.usualAlpha = usualAlpha;
    }

    /** Whether a layer is smoothed. */
    protected abstract boolean smooths(Planned planned);

    /** The run's alpha. */
    protected final double alpha(LayerRun run) {
        return Alpha.of(run, usualAlpha);
    }

    @Override
    public final Set<String> options() {
        return Set.of(Alpha.OPTION);
    }

    @Override
    public final Set<String> options(Planned layer) {
        return smooths(layer) ? options() : Set.of();
    }

    @Override
    public final Map<String, String> usual() {
        return Map.of(Alpha.OPTION, Double.toString(usualAlpha));
    }

    @Override
    public final void check(Map<String, String> values) {
        Alpha.check(values);
    }

    @Override
    public final Map<Slot, Observation> observations(Planned layer) {
        return smooths(layer) ? Smoothing.observations() : DirectRanges.observations(layer);
    }
}
