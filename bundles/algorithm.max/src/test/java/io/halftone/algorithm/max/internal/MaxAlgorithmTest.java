package io.halftone.algorithm.max.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaxAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 2, 2, false);

    private record Result(LayerState state, float[] weight, float[] output) {}

    private static Result calibrate() {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T w = ops.constant(new float[] {127, 0.4f, 12.7f, -0.06f}, Shape.of(2, 2), DType.FLOAT32);
                T x = ops.constant(new float[] {1, -127}, Shape.of(1, 1, 2), DType.FLOAT32);
                var run = new OneLayerRun<>(ops, LINEAR, new Int8Format(), Map.of("chosen", new MaxCollector()), Map.of(), w, List.of(x));
                LayerState state = new MaxAlgorithm().calibrate(run).get(0);
                return new Result(state, run.weight(), ops.toFloats(new MaxAlgorithm().rewrite(LINEAR, state, new Int8Format()).linear(ops, LINEAR, x, w)));
            }
        });
    }

    @Test
    void takesRangesAsTheyAre() {
        Result result = calibrate();
        assertEquals(Range.of(127), result.state().range(Slot.INPUT));
        assertEquals(new Range(new float[] {127, 12.7f}, 0), result.state().range(Slot.WEIGHT));
        assertArrayEquals(new float[] {127, 0.4f, 12.7f, -0.06f}, result.weight());
    }

    @Test
    void roundsInputAndWeight() {
        // the scales are 1 and 0.1: 0.4 becomes 0, -0.06 becomes -0.1
        assertArrayEquals(new float[] {127, 25.4f}, calibrate().output(), 1e-4f);
    }
}
