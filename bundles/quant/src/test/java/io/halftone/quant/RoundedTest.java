package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoundedTest {
    private static final Range INPUT = Range.of(3);
    private static final Range WEIGHT = new Range(new float[] {1, 2, 3, 4}, 0);

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
        Meta y = new Rounded(format, INPUT, WEIGHT).linear(ops, layer, x(2, 3), x(4, 3));
        assertEquals(Shape.of(2, 4), y.shape());
        assertEquals(List.of("round [2, 3] by amax 3.0", "round [4, 3] by 4 amax on axis 0, at most 4.0", "to_q of BFLOAT16 and BFLOAT16"), calls);
    }

    @Test
    void roundsInputAndWeightOfAConvolution() {
        var layer = new Layer.Conv("conv1", Role.CONVOLUTION, 2, 4, 3, 1, 1, false);
        Meta y = new Rounded(format, INPUT, WEIGHT).conv(ops, layer, x(1, 2, 5, 5), x(4, 2, 3, 3));
        assertEquals(Shape.of(1, 4, 5, 5), y.shape());
        assertEquals(List.of("round [1, 2, 5, 5] by amax 3.0", "round [4, 2, 3, 3] by 4 amax on axis 0, at most 4.0",
            "conv1 of BFLOAT16 and BFLOAT16"), calls);
    }

    @Test
    void leavesAnAttentionAsItIs() {
        var layer = new Layer.Attention("attn1", Role.ATTENTION, 2, 4, 0.5, false);
        Meta y = new Rounded(format, INPUT, WEIGHT).attention(ops, layer, x(1, 2, 3, 4), x(1, 2, 5, 4), x(1, 2, 5, 4));
        assertEquals(Shape.of(1, 2, 3, 4), y.shape());
        assertEquals(List.of("attn1 of FLOAT32"), calls);
    }

    private static Meta x(long... sizes) {
        return new Meta(Shape.of(sizes), DType.FLOAT32);
    }
}
