package io.halftone.testkit;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Collector;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One layer's way through an algorithm over inputs that a test gives, one denoising step each.
 *
 * @param <T> a tensor
 */
public final class OneLayerRun<T> implements LayerRun {
    private final EagerOps<T> ops;
    private final Planned planned;
    private final Map<String, Double> options;
    private final Map<Slot, Range> seen = new EnumMap<>(Slot.class);
    private final Map<Slot, String> origins = new EnumMap<>(Slot.class);
    private final Map<String, T> parameters = new LinkedHashMap<>();
    private T weight;

    private OneLayerRun(EagerOps<T> ops, Planned planned, Map<String, Double> options, T weight) {
        this.ops = ops;
        this.planned = planned;
        this.options = Map.copyOf(options);
        this.weight = weight;
    }

    /**
     * A run in which everything that the algorithm asks for has been observed.
     *
     * @param collectors by name
     * @param weight     of the layer, float32; not used where it is an attention
     * @param inputs     what each slot sees, step by step
     */
    public static <T> OneLayerRun<T> of(EagerOps<T> ops, Planned planned, Algorithm algorithm, Map<String, Collector> collectors,
                                        Map<String, Double> options, T weight, Map<Slot, List<T>> inputs) {
        OneLayerRun<T> run = new OneLayerRun<>(ops, planned, options, weight);
        algorithm.observations(planned).forEach((slot, asked) -> run.observe(slot, asked, collectors, inputs.get(slot)));
        return run;
    }

    private void observe(Slot slot, Observation asked, Map<String, Collector> collectors, List<T> values) {
        Collector collector = collectors.get(asked.collector());
        if (collector == null) {
            throw new IllegalArgumentException("collector " + asked.collector() + ": found none; expected one of " + collectors.keySet());
        }
        Collector.Request request = new Collector.Request(asked.channelAxis(), values.size(), 1);
        try (Collector.Fold<T> fold = collector.fold(ops, request, 0)) {
            IntStream.range(0, values.size()).forEach(step -> fold.accept(values.get(step), step));
            Statistics statistics = fold.statistics();
            seen.put(slot, collector.range(statistics, request));
            origins.put(slot, collector.explain(statistics, request));
        }
    }

    /** The weight, as last changed. */
    public float[] weightValues() {
        return ops.toFloats(weight);
    }

    /** The weight, as last changed, in float32. */
    public T weightTensor() {
        return weight;
    }

    /** The parameters that the algorithm added, by name, in the compute type. */
    public Map<String, T> parameters() {
        return Map.copyOf(parameters);
    }

    @Override
    public Planned planned() {
        return planned;
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
    public Range seen(Slot slot) {
        Range range = seen.get(slot);
        if (range == null) {
            throw new IllegalArgumentException(planned.layer().name() + "." + slot.suffix() + ": found no observation; expected one of "
                + seen.keySet());
        }
        return range;
    }

    @Override
    public String origin(Slot slot) {
        seen(slot);
        return origins.get(slot);
    }

    @Override
    public Range weight(int axis) {
        Shape shape = ops.shape(weight);
        int[] others = axis < 0 ? new int[0] : IntStream.range(0, shape.rank()).filter(a -> a != axis).toArray();
        return new Range(ops.toFloats(ops.amax(ops.abs(weight), others)), Math.max(axis, 0));
    }

    @Override
    public void changeWeight(WeightChange change) {
        Values<T> changed = change.apply(ops, weight);
        changed.asMap().forEach((name, value) -> {
            if (name.equals(WEIGHT)) {
                weight = ops.cast(ops.cast(value, ops.computeType()), DType.FLOAT32);
            } else {
                parameters.put(name, ops.cast(value, ops.computeType()));
            }
        });
    }

    /** The state that the algorithm decides for this layer. */
    public LayerState decide(Algorithm algorithm) {
        return algorithm.decide(this);
    }
}
