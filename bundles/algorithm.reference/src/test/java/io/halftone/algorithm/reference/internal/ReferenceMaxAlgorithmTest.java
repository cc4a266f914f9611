package io.halftone.algorithm.reference.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.collector.max.internal.MaxCollector;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.OneLayerRun;
import io.halftone.testkit.Tensors;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReferenceMaxAlgorithmTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("block.to_q", Role.QKV, 2, 2, false);
    private static final Layer.Attention ATTENTION = new Layer.Attention("block.attn", Role.ATTENTION, 1, 2, 0.25, false);
    private static final Set<Slot> SLOTS = Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX);
    private static final float[] Q = {3, -8, 1, 2, 0.5f, 1};
    private static final float[] K = {5, 1, -0.25f, 1, 0, 2};
    private static final float[] V = {-7, 2, 1, 1, 3, 0.5f};

    private final ReferenceMaxAlgorithm algorithm = new ReferenceMaxAlgorithm();

    private record Result(LayerState state, float[] output, float[] exact) {}

    private Result attention(Recording format) {
        return Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> Result with(EagerOps<T> ops) {
                T q = ops.constant(Q, Shape.of(1, 1, 3, 2), DType.FLOAT16);
                T k = ops.constant(K, Shape.of(1, 1, 3, 2), DType.FLOAT16);
                T v = ops.constant(V, Shape.of(1, 1, 3, 2), DType.FLOAT16);
                Map<Slot, List<T>> inputs = Map.of(Slot.QUERY, List.of(q), Slot.KEY, List.of(k), Slot.VALUE, List.of(v));
                var planned = new Planned(ATTENTION, SLOTS, "some", format, "reference-max", "chosen");
                LayerState state = OneLayerRun.of(ops, planned, algorithm, Map.of("chosen", new MaxCollector()), Map.of(),
                    ops.constant(0, DType.FLOAT32), inputs).decide(algorithm);
                T y = algorithm.rewrite(ATTENTION, state, format).attention(ops, ATTENTION, q, k, v);
                return new Result(state, ops.toFloats(y), ops.toFloats(ops.attention(ATTENTION, q, k, v)));
            }
        });
    }

    private LayerState linear(DType type, float amax) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> LayerState with(EagerOps<T> ops) {
                T w = ops.constant(new float[] {127, 0.5f, 12.75f, -0.25f}, Shape.of(2, 2), DType.FLOAT32);
                // float32, as a collector of means would give it
                T x = ops.constant(new float[] {1, -amax}, Shape.of(1, 1, 2), DType.FLOAT32);
                var planned = new Planned(LINEAR, Set.of(Slot.INPUT, Slot.WEIGHT), "some", new Recording(), "reference-max", "chosen");
                return OneLayerRun.of(ops, planned, algorithm, Map.of("chosen", new MaxCollector()), Map.of(), w,
                    Map.of(Slot.INPUT, List.of(x))).decide(algorithm);
            }
        });
    }

    @Test
    void rangesAreHeldInTheComputeType() {
        assertEquals(Map.of(Slot.INPUT, Range.of(4.1015625f), Slot.WEIGHT, Range.of(127)), linear(DType.FLOAT16, 4.1f).ranges());
    }

    @Test
    void refusesARangeThatTheComputeTypeDoesNotHold() {
        var e = assertThrows(CalibrationException.class, () -> linear(DType.FLOAT16, 70000));
        assertEquals("block.to_q.input_quantizer: found amax 70000.0; expected one that FLOAT16 holds, as the reference does",
            e.getMessage());
        assertEquals(Range.of(70000), linear(DType.FLOAT32, 70000).range(Slot.INPUT));
    }

    @Test
    void rangesOfQueriesAreThoseBeforeTheScale() {
        assertEquals(Map.of(Slot.QUERY, Range.of(8), Slot.KEY, Range.of(5), Slot.VALUE, Range.of(7), Slot.SOFTMAX, Range.of(1)),
            attention(new Recording()).state().ranges());
    }

    @Test
    void roundsKeysTransposedAndTheSoftmaxByOne() {
        Recording format = new Recording();
        Result result = attention(format);
        assertEquals(List.of("[1, 1, 3, 2] 8.0", "[1, 1, 2, 3] 5.0", "[1, 1, 3, 3] 1.0", "[1, 1, 3, 2] 7.0"), format.asked());
        // float16 results of up to 7: the order of products differs
        assertArrayEquals(result.exact(), result.output(), 0.01f);
    }

    @Test
    void refusesACausalAttention() {
        var causal = new Layer.Attention("block.attn", Role.ATTENTION, 1, 2, 0.25, true);
        var rewrite = new ReferenceAttention(new Recording(), Map.of());
        var e = assertThrows(IllegalArgumentException.class, () -> rewrite.attention(null, causal, 1, 2, 3));
        assertEquals("block.attn: found a causal attention; expected one in which every token sees all", e.getMessage());
    }
}
