package io.halftone.testkit;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationRun;
import io.halftone.quant.Collector;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A calibration of one layer over inputs that a test gives, one denoising step each.
 *
 * @param <T> a tensor
 */
public final class OneLayerRun<T> implements CalibrationRun {
    private final EagerOps<T> ops;
    private final Layer layer;
    private final QuantFormat format;
    private final Map<String, Collector> collectors;
    private final Map<String, Double> options;
    private final List<T> inputs;
    private T weight;

    /**
     * A run.
     *
     * @param collectors by name; {@code chosen} is the user's
     * @param weight     of the layer, float32
     * @param inputs     what the layer sees, step by step
     */
    public OneLayerRun(EagerOps<T> ops, Layer layer, QuantFormat format, Map<String, Collector> collectors, Map<String, Double> options, T weight,
                       List<T> inputs) {
        this.ops = ops;
        this.layer = layer;
        this.format = format;
        this.collectors = Map.copyOf(collectors);
        this.options = Map.copyOf(options);
        this.weight = weight;
        this.inputs = List.copyOf(inputs);
    }

    /** The weight, as last changed. */
    public float[] weight() {
        return ops.toFloats(weight);
    }

    @Override
    public List<Planned> plan() {
        return List.of(new Planned(layer, Set.of(Slot.INPUT, Slot.WEIGHT), "tested", format));
    }

    @Override
    public DType computeType() {
        return ops.computeType();
    }

    @Override
    public double option(String name, double absent) {
        return options.getOrDefault(name, absent);
    }

    @Override
    public Collector collector() {
        return collector("chosen");
    }

    @Override
    public Collector collector(String name) {
        Collector collector = collectors.get(name);
        if (collector == null) {
            throw new IllegalArgumentException("collector " + name + ": found none; expected one of " + collectors.keySet());
        }
        return collector;
    }

    @Override
    public Map<Site, Range> observe(Map<Site, Collector> sites, Map<Site, Integer> channelAxis, Map<String, LayerRewrite> rewrites) {
        Map<Site, Range> ranges = new LinkedHashMap<>();
        sites.forEach((site, collector) -> {
            int axis = channelAxis.getOrDefault(site, Collector.Request.NO_AXIS);
            Collector.Fold<T> fold = collector.fold(ops, new Collector.Request(axis, inputs.size(), 1));
            IntStream.range(0, inputs.size()).forEach(step -> fold.accept(inputs.get(step), step));
            ranges.put(site, fold.range());
        });
        return ranges;
    }

    @Override
    public Range weight(Layer asked, int axis) {
        Shape shape = ops.shape(weight);
        int[] others = axis < 0 ? new int[0] : IntStream.range(0, shape.rank()).filter(a -> a != axis).toArray();
        return new Range(ops.toFloats(ops.amax(ops.abs(weight), others)), Math.max(axis, 0));
    }

    @Override
    public void changeWeight(Layer asked, WeightChange change) {
        weight = ops.cast(ops.cast(change.apply(ops, weight), ops.computeType()), DType.FLOAT32);
    }
}
