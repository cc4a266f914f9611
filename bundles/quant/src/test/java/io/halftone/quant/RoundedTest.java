package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundedTest {
    private static final Range INPUT = Range.of(3);
    private static final Range WEIGHT = new Range(new float[] {1, 2, 3, 4}, 0);

    private static final Layer.Attention ATTENTION = new Layer.Attention("attn1", Role.ATTENTION, 2, 4, 0.5, false);
    private static final Map<Slot, Range> RANGES = Map.of(Slot.INPUT, INPUT, Slot.WEIGHT, WEIGHT);

    private final ShapeOps shapes = new ShapeOps(DType.FLOAT32);
    private final List<String> calls = new ArrayList<>();
    /** Marks what it rounds by its type, so that a test sees what comes through unrounded. */
    private final QuantFormat format = new QuantFormat() {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            calls.add("round " + ops.shape(x) + " by " + range);
            return ops.cast(x, DType.BFLOAT16);
        }
    };
    private final Ops<Meta> ops = new ForwardingOps<>(shapes) {
        @Override
        public Meta linear(Layer.Linear layer, Meta x, Meta weight) {
            calls.add(layer.name() + " of " + x.dtype() + " and " + weight.dtype());
            return super.linear(x, weight);
        }

        @Override
        public Meta conv(Layer.Conv layer, Meta x, Meta weight) {
            calls.add(layer.name() + " of " + x.dtype() + " and " + weight.dtype());
            return super.conv(x, weight, layer);
        }

        @Override
        public Meta attention(Layer.Attention layer, Meta q, Meta k, Meta v) {
            calls.add(layer.name() + " of " + q.dtype());
            return super.attention(layer, q, k, v);
        }
    };

    @Test
    void roundsInputAndWeightOfALinearLayer() {
        var layer = new Layer.Linear("to_q", Role.QKV, 3, 4, false);
        Meta y = new Rounded(format, RANGES).linear(ops, layer, x(2, 3), x(4, 3));
        assertEquals(Shape.of(2, 4), y.shape());
        assertEquals(List.of("round [2, 3] by amax 3.0", "round [4, 3] by 4 amax on axis 0, at most 4.0", "to_q of BFLOAT16 and BFLOAT16"), calls);
    }

    @Test
    void roundsInputAndWeightOfAConvolution() {
        var layer = new Layer.Conv("conv1", Role.CONVOLUTION, 2, 4, 3, 1, 1, false);
        Meta y = new Rounded(format, RANGES).conv(ops, layer, x(1, 2, 5, 5), x(4, 2, 3, 3));
        assertEquals(Shape.of(1, 4, 5, 5), y.shape());
        assertEquals(List.of("round [1, 2, 5, 5] by amax 3.0", "round [4, 2, 3, 3] by 4 amax on axis 0, at most 4.0",
            "conv1 of BFLOAT16 and BFLOAT16"), calls);
    }

    @Test
    void leavesASlotWithoutARangeAsItIs() {
        var layer = new Layer.Linear("to_q", Role.QKV, 3, 4, false);
        Meta rounded = new Meta(Shape.of(2, 3), DType.BFLOAT16);
        new Rounded(format, Map.of(Slot.WEIGHT, WEIGHT)).linear(ops, layer, rounded, x(4, 3));
        assertEquals(List.of("round [4, 3] by 4 amax on axis 0, at most 4.0", "to_q of BFLOAT16 and BFLOAT16"), calls);
    }

    @Test
    void roundsEveryOperandOfAnAttentionsProducts() {
        Map<Slot, Range> ranges = Map.of(Slot.QUERY, Range.of(1), Slot.KEY, Range.of(2), Slot.VALUE, Range.of(3), Slot.SOFTMAX, Range.of(4));
        Meta q = new Meta(Shape.of(1, 2, 3, 4), DType.BFLOAT16);
        Meta k = new Meta(Shape.of(1, 2, 5, 4), DType.BFLOAT16);
        Meta y = new Rounded(format, ranges).attention(ops, ATTENTION, q, k, k);
        assertEquals(Shape.of(1, 2, 3, 4), y.shape());
        assertEquals(List.of("round [1, 2, 3, 4] by amax 1.0", "round [1, 2, 4, 5] by amax 2.0", "round [1, 2, 3, 5] by amax 4.0",
            "round [1, 2, 5, 4] by amax 3.0"), calls);
    }

    @Test
    void refusesACausalAttention() {
        var causal = new Layer.Attention("attn1", Role.ATTENTION, 2, 4, 0.5, true);
        var e = assertThrows(IllegalArgumentException.class,
            () -> new Rounded(format, Map.of()).attention(ops, causal, x(1, 2, 3, 4), x(1, 2, 5, 4), x(1, 2, 5, 4)));
        assertEquals("attn1: found a causal attention; expected one in which every token sees all", e.getMessage());
    }

    private static Meta x(long... sizes) {
        return new Meta(Shape.of(sizes), DType.FLOAT32);
    }
}
