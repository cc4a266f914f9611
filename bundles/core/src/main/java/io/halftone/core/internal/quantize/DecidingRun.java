package io.halftone.core.internal.quantize;

import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.calibrate.PartialStatistics;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.LayerRun;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One layer on its way through an algorithm: what was seen of it, and its weight. */
final class DecidingRun<T> implements LayerRun {
    private final Planned planned;
    private final Calibration calibration;
    private final PartialStatistics statistics;
    private final Map<String, String> options;
    private final EagerOps<T> ops;
    private final ChangedWeights weights;

    DecidingRun(Planned planned, Calibration calibration, PartialStatistics statistics, Map<String, String> options, EagerOps<T> ops,
                ChangedWeights weights) {
        this.planned = planned;
        this.calibration = calibration;
        this.statistics = statistics;
        this.options = options;
        this.ops = ops;
        this.weights = weights;
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
        String value = options.get(name);
        if (value == null) {
            return absent;
        }
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": found " + value + "; expected a number", e);
        }
    }

    @Override
    public Range seen(Slot slot) {
        return calibration.range(statistics, planned.layer().name(), slot);
    }

    @Override
    public String origin(Slot slot) {
        return calibration.origin(statistics, planned.layer().name(), slot);
    }

    @Override
    public Range weight(int axis) {
        List<Range> range = new ArrayList<>();
        ops.region("", () -> {
            T magnitude = ops.abs(weightInFloat32());
            int rank = ops.shape(magnitude).rank();
            int[] others = axis < 0 ? new int[0] : IntStream.range(0, rank).filter(a -> a != axis).toArray();
            try {
                range.add(new Range(ops.toFloats(ops.amax(magnitude, others)), Math.max(axis, 0)));
            } catch (IllegalArgumentException e) {
                throw new CalibrationException(weightName() + ": " + e.getMessage(), e);
            }
            return Collections.emptyList();
        });
        return range.get(0);
    }

    @Override
    public void changeWeight(WeightChange change) {
        ops.region("", () -> {
            change.apply(ops, weightInFloat32()).asMap().forEach((name, value) -> {
                T kept = ops.cast(value, ops.computeType());
                if (name.equals(WEIGHT)) {
                    weights.put(weightName(), ops.copy(kept));
                } else {
                    weights.add(planned.layer().name() + "." + name, ops.copy(kept));
                }
            });
            return Collections.emptyList();
        });
    }

    private String weightName() {
        if (planned.layer() instanceof Layer.Attention) {
            throw new CalibrationException(planned.layer().name() + ": found an attention, which has no weight; expected a linear layer or a convolution");
        }
        return planned.layer().name() + ".weight";
    }

    /** The weight as the model computes with it. */
    private T weightInFloat32() {
        T stored = ops.load(weights.read(weightName()));
        return ops.cast(ops.cast(stored, ops.computeType()), DType.FLOAT32);
    }
}
