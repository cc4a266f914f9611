package io.halftone.algorithm.smoothquant.internal;

import io.halftone.algorithm.smoothquant.Smoothed;
import io.halftone.algorithm.smoothquant.Smoothing;
import io.halftone.algorithm.smoothquant.SmoothingAlgorithm;
import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.Algorithm;
import io.halftone.quant.DirectRanges;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Rounded;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * SmoothQuant: moves the outliers of a linear layer's input into its weight, channel by channel, before both are rounded.
 * Such inputs are always observed by their largest magnitude for each channel; the chosen collector serves convolutions and
 * attentions, which are not smoothed, and neither is a layer whose input stays as it is.
 * Source: Xiao et al., SmoothQuant, arXiv 2211.10438.
 */
@Component(service = Algorithm.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("smoothquant")
public final class SmoothQuantAlgorithm extends SmoothingAlgorithm {
    /** An algorithm. */
    public SmoothQuantAlgorithm() {
        super(0.8);
    }

    @Override
    protected boolean smooths(Planned planned) {
        return Smoothing.applies(planned);
    }

    @Override
    public LayerState decide(LayerRun run) {
        if (!smooths(run.planned())) {
            return DirectRanges.decide(run);
        }
        Smoothing smoothing = Smoothing.of(alpha(run), run);
        run.changeWeight(smoothing);
        return smoothing.state(run);
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        return Smoothed.of(state, new Rounded(format, state.ranges()));
    }
}
