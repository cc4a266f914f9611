package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.halftone.core.internal.TestModel;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.quant.LayerRewrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewritingOpsTest {
    private final ShapeOps target = new ShapeOps(DType.FLOAT32);
    private final List<String> calls = new ArrayList<>();
    private final LayerRewrite rewrite = new LayerRewrite() {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T weight) {
            note(ops, layer, ops.shape(x) + " with " + ops.shape(weight));
            return LayerRewrite.super.linear(ops, layer, x, weight);
        }

        @Override
        public <T> T conv(Ops<T> ops, Layer.Conv layer, T x, T weight) {
            note(ops, layer, ops.shape(x) + " with " + ops.shape(weight));
            return LayerRewrite.super.conv(ops, layer, x, weight);
        }

        @Override
        public <T> T attention(Ops<T> ops, Layer.Attention layer, T q, T k, T v) {
            note(ops, layer, "" + ops.shape(q));
            return LayerRewrite.super.attention(ops, layer, q, k, v);
        }
    };

    @Test
    void runsRewritesInPlaceOfTheirLayersOverTheTarget() {
        Values<Meta> outputs = run(Map.of("conv_in", rewrite, "attn1.to_out.0", rewrite, "attn1", rewrite));
        assertEquals(List.of("conv_in of [1, 2, 3, 5] with [4, 2, 3, 3]", "attn1 of [1, 2, 15, 2]", "attn1.to_out.0 of [1, 15, 4] with [4, 4]"), calls);
        assertEquals(Shape.of(1, 2, 3, 5), outputs.get("out_sample").shape());
    }

    @Test
    void runsTheOtherLayersAsTheyAre() {
        run(Map.of("conv_in", rewrite));
        assertEquals(List.of("attn1.to_q", "attn1", "attn1.to_out.0", "conv_out"), target.layers().stream()
            .map(Layer::name).filter(name -> !name.equals("conv_in")).toList());
    }

    @Test
    void asksForTheSameParametersWithAndWithoutRewrites() {
        run(Map.of());
        Map<String, Shape> plain = new HashMap<>(target.parameters());
        assertEquals(List.of(), calls);
        ShapeOps other = new ShapeOps(DType.FLOAT32);
        Map<String, LayerRewrite> all = new HashMap<>();
        TestModel.LAYERS.forEach(layer -> all.put(layer.name(), new LayerRewrite() { }));
        forward(new RewritingOps<>(other, all));
        assertEquals(plain, other.parameters());
    }

    @Test
    void keepsItsOwnMap() {
        Map<String, LayerRewrite> rewrites = new HashMap<>(Map.of("conv_in", rewrite));
        RewritingOps<Meta> ops = new RewritingOps<>(target, rewrites);
        rewrites.clear();
        ops.conv(TestModel.CONV_IN, new Meta(Shape.of(1, 2, 3, 5), DType.FLOAT32));
        assertEquals(1, calls.size());
    }

    private void note(Ops<?> ops, Layer layer, String what) {
        assertSame(target, ops, "a rewrite that came back here would run itself");
        calls.add(layer.name() + " of " + what);
    }

    private Values<Meta> run(Map<String, LayerRewrite> rewrites) {
        return forward(new RewritingOps<>(target, rewrites));
    }

    private static Values<Meta> forward(Ops<Meta> ops) {
        Meta sample = new Meta(Shape.of(1, 2, 3, 5), DType.FLOAT32);
        return new TestModel().forward(new Scope<>(ops), TestModel.CONFIG, Values.of("sample", sample));
    }
}
