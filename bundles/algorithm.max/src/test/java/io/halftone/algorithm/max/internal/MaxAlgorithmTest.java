package io.halftone.algorithm.max.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaxAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 2, 2, false);
    private static final Layer.Attention ATTENTION = new Layer.Attention("block.attn", Role.ATTENTION, 1, 2, 0.5, false);
    private static final Set<Slot> ATTENTION_SLOTS = Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX);

    private final MaxAlgorithm algorithm = new MaxAlgorithm();

    private record Result(LayerState state, float[] weight, float[] output) {}

    private static Planned planned(Layer layer, Set<Slot> slots) {
        return new Planned(layer, slots, "int8", new Int8Format(), "max", "chosen");
    }

    private Result calibrate(Set<Slot> slots) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T w = ops.constant(new float[] {127, 0.4f, 12.7f, -0.06f}, Shape.of(2, 2), DType.FLOAT32);
                T x = ops.constant(new float[] {1, -127}, Shape.of(1, 1, 2), DType.FLOAT32);
                var run = OneLayerRun.of(ops, planned(LINEAR, slots), algorithm, Map.of("chosen", new MaxCollector()), Map.of(), w,
                    Map.of(Slot.INPUT, List.of(x)));
                LayerState state = run.decide(algorithm);
                T y = algorithm.rewrite(LINEAR, state, new Int8Format()).linear(ops, LINEAR, x, run.weightTensor());
                return new Result(state, run.weightValues(), ops.toFloats(y));
            }
        });
    }

    private LayerState attention() {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> LayerState with(EagerOps<T> ops) {
                Map<Slot, List<T>> inputs = new HashMap<>();
                inputs.put(Slot.QUERY, List.of(ops.constant(new float[] {3, -8}, Shape.of(1, 1, 1, 2), DType.FLOAT32)));
                inputs.put(Slot.KEY, List.of(ops.constant(new float[] {5, 1}, Shape.of(1, 1, 1, 2), DType.FLOAT32)));
                inputs.put(Slot.VALUE, List.of(ops.constant(new float[] {-7, 2}, Shape.of(1, 1, 1, 2), DType.FLOAT32)));
                return OneLayerRun.of(ops, planned(ATTENTION, ATTENTION_SLOTS), algorithm, Map.of("chosen", new MaxCollector()), Map.of(),
                    ops.constant(0, DType.FLOAT32), inputs).decide(algorithm);
            }
        });
    }

    @Test
    void takesRangesAsTheyAre() {
        Result result = calibrate(Set.of(Slot.INPUT, Slot.WEIGHT));
        assertEquals(Map.of(Slot.INPUT, Range.of(127), Slot.WEIGHT, new Range(new float[] {127, 12.7f}, 0)), result.state().ranges());
        assertArrayEquals(new float[] {127, 0.4f, 12.7f, -0.06f}, result.weight());
    }

    @Test
    void saysWhoDecided() {
        LayerState state = calibrate(Set.of(Slot.INPUT, Slot.WEIGHT)).state();
        assertEquals("block.to_q max int8", state.layer() + " " + state.algorithm() + " " + state.format());
        assertEquals("the largest magnitude in each output channel of the weight", state.origins().get(Slot.WEIGHT));
        assertEquals(Set.of(Slot.INPUT, Slot.WEIGHT), state.origins().keySet());
    }

    @Test
    void roundsInputAndWeight() {
        // the scales are 1 and 0.1: 0.4 becomes 0, -0.06 becomes -0.1
        assertArrayEquals(new float[] {127, 25.4f}, calibrate(Set.of(Slot.INPUT, Slot.WEIGHT)).output(), 1e-4f);
    }

    @Test
    void looksAtNoInputWhereTheWeightAloneIsPlanned() {
        assertEquals(Map.of(), algorithm.observations(planned(LINEAR, Set.of(Slot.WEIGHT))));
        Result result = calibrate(Set.of(Slot.WEIGHT));
        assertEquals(Set.of(Slot.WEIGHT), result.state().ranges().keySet());
        assertArrayEquals(new float[] {127, 25.4f}, result.output(), 1e-4f);
    }

    @Test
    void observesByTheChosenCollector() {
        assertEquals(Map.of(Slot.INPUT, Observation.perTensor("chosen")),
            algorithm.observations(planned(LINEAR, Set.of(Slot.INPUT, Slot.WEIGHT))));
        assertEquals(Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE), algorithm.observations(planned(ATTENTION, ATTENTION_SLOTS)).keySet());
    }

    @Test
    void rangesOfQueriesAreThoseOfScaledOnes() {
        // the scale of this attention is 0.5; a softmax gives 1 at most
        assertEquals(Map.of(Slot.QUERY, Range.of(4), Slot.KEY, Range.of(5), Slot.VALUE, Range.of(7), Slot.SOFTMAX, Range.of(1)),
            attention().ranges());
    }

    @Test
    void refusesSlotsThatNothingObserves() {
        var e = assertThrows(CalibrationException.class, () -> calibrate(Set.of(Slot.WEIGHT, Slot.OUTPUT)));
        assertEquals("block.to_q.output_quantizer: found a slot that nothing observes; expected input, weight, "
            + "queries, keys, values or softmax", e.getMessage());
    }
}
