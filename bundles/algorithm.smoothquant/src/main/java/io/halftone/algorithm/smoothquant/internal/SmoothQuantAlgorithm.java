package io.halftone.algorithm.smoothquant.internal;

import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
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

/**
 * SmoothQuant: moves the outliers of a linear layer's input into its weight, channel by channel, before both are rounded.
 * Inputs of linear layers are always observed by their largest magnitude for each channel; the chosen collector serves the
 * convolutions, which are not smoothed.
 * Source: Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4, with the factor inverted.
 */
@Component(service = Algorithm.class)
@Named("smoothquant")
public final class SmoothQuantAlgorithm implements Algorithm {
    static final String PRE_QUANT_SCALE = "input_quantizer._pre_quant_scale";
    private static final String ALPHA = "alpha";
    private static final double USUAL_ALPHA = 0.8;

    @Override
    public Set<String> options() {
        return Set.of(ALPHA);
    }

    @Override
    public void check(Map<String, String> values) {
        String given = values.getOrDefault(ALPHA, Double.toString(USUAL_ALPHA));
        try {
            checked(Double.parseDouble(given));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(ALPHA + ": found " + given + "; expected 0 to 1", e);
        }
    }

    private static double checked(double alpha) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException(ALPHA + ": found " + alpha + "; expected 0 to 1");
        }
        return alpha;
    }

    @Override
    public List<LayerState> calibrate(CalibrationRun run) {
        double alpha = checked(run.option(ALPHA, USUAL_ALPHA));
        Map<Site, Collector> collectors = new LinkedHashMap<>();
        Map<Site, Integer> channelAxis = new LinkedHashMap<>();
        for (CalibrationRun.Planned planned : run.plan()) {
            Site input = new Site(planned.layer().name(), Slot.INPUT);
            if (planned.layer() instanceof Layer.Linear) {
                collectors.put(input, run.collector("max"));
                channelAxis.put(input, -1);
            } else {
                collectors.put(input, run.collector());
            }
        }
        Map<Site, Range> inputs = run.observe(collectors, channelAxis, Map.of());
        List<LayerState> states = new ArrayList<>();
        for (CalibrationRun.Planned planned : run.plan()) {
            Range input = inputs.get(new Site(planned.layer().name(), Slot.INPUT));
            states.add(planned.layer() instanceof Layer.Linear linear
                ? smooth(run, planned, linear, input.amax(), alpha)
                : state(run, planned, input, Map.of()));
        }
        return states;
    }

    private static LayerState smooth(CalibrationRun run, CalibrationRun.Planned planned, Layer.Linear layer, float[] a, double alpha) {
        float[] w = run.weight(layer, 1).amax();
        float[] scale = SmoothingFactors.of(a, w, alpha);
        float amax = 0;
        for (int j = 0; j < scale.length; j++) {
            // both sides use the factor as the model's type holds it
            scale[j] = rounded(scale[j], run.computeType());
            amax = Math.max(amax, a[j] * scale[j]);
        }
        run.changeWeight(layer, new DividedBy(scale));
        return state(run, planned, Range.of(amax), Map.of(PRE_QUANT_SCALE, scale));
    }

    private static LayerState state(CalibrationRun run, CalibrationRun.Planned planned, Range input, Map<String, float[]> vectors) {
        Range weight = run.weight(planned.layer(), planned.weightAxis());
        return new LayerState(planned.layer().name(), planned.formatName(), Map.of(Slot.INPUT, input, Slot.WEIGHT, weight), vectors);
    }

    private static float rounded(float value, DType type) {
        return switch (type) {
            case FLOAT16 -> Float16.toFloat(Float16.fromFloat(value));
            case BFLOAT16 -> Float.intBitsToFloat(Float16.bfloat16(value) << 16);
            default -> value;
        };
    }

    @Override
    public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat format) {
        if (layer instanceof Layer.Attention) {
            throw new CalibrationException(layer.name() + ": found an attention; expected a linear layer or a convolution");
        }
        LayerRewrite rounded = new Rounded(format, state.range(Slot.INPUT), state.range(Slot.WEIGHT));
        float[] scale = state.vectors().get(PRE_QUANT_SCALE);
        return scale == null ? rounded : new Smoothed(scale, rounded);
    }

    /** The weight's columns divided by the factors that the input's channels are multiplied with. */
    private record DividedBy(float[] factors) implements CalibrationRun.WeightChange {
        @Override
        public <T> T apply(EagerOps<T> ops, T w) {
            return ops.div(w, ops.constant(factors, Shape.of(factors.length), ops.dtype(w)));
        }
    }
}
