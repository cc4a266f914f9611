package io.halftone.core.internal.search;

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
import java.util.Set;
import org.junit.jupiter.api.Test;

class MixedOpsTest {
    private final ShapeOps own = new ShapeOps(DType.FLOAT32);
    private final ShapeOps changed = new ShapeOps(DType.FLOAT32);
    private final List<String> rewritten = new ArrayList<>();
    private final LayerRewrite rewrite = new LayerRewrite() {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T weight) {
            note(ops, layer);
            return LayerRewrite.super.linear(ops, layer, x, weight);
        }

        @Override
        public <T> T conv(Ops<T> ops, Layer.Conv layer, T x, T weight) {
            note(ops, layer);
            return LayerRewrite.super.conv(ops, layer, x, weight);
        }

        @Override
        public <T> T attention(Ops<T> ops, Layer.Attention layer, T q, T k, T v) {
            note(ops, layer);
            return LayerRewrite.super.attention(ops, layer, q, k, v);
        }
    };

    @Test
    void onlyTheChosenLayersTakeWeightsThatWereChanged() {
        forward(Set.of("conv_in", "attn1.to_q"));
        assertEquals(Set.of("conv_in.weight", "conv_in.bias", "attn1.to_q.weight"), changed.parameters().keySet());
        assertEquals(Set.of("attn1.to_out.0.weight", "attn1.to_out.0.bias", "conv_out.weight", "conv_out.bias"), own.parameters().keySet());
        assertEquals(List.of("conv_in", "attn1.to_q"), rewritten);
    }

    @Test
    void theOthersRunAsTheyAre() {
        forward(Set.of("attn1", "conv_out"));
        assertEquals(List.of("attn1", "conv_out"), rewritten);
        assertEquals(List.of("conv_in", "attn1.to_q", "attn1.to_out.0"), own.layers().stream().map(Layer::name).toList());
    }

    @Test
    void countsMultiplicationsOfEachLayer() {
        CountingOps<Meta> counting = new CountingOps<>(own);
        // one picture of 2 channels, 3 x 5
        new TestModel().forward(new Scope<>(counting), TestModel.CONFIG, sample());
        assertEquals(Map.of("conv_in", 15L * 4 * 2 * 9, "attn1.to_q", 15L * 4 * 4, "attn1", 2 * 15L * 15 * 4, "attn1.to_out.0", 15L * 4 * 4,
            "conv_out", 15L * 2 * 4 * 9), counting.counts());
    }

    private void note(Ops<?> ops, Layer layer) {
        assertSame(changed, ops);
        rewritten.add(layer.name());
    }

    private void forward(Set<String> chosen) {
        Map<String, MixedOps.Way<Meta>> ways = new HashMap<>();
        chosen.forEach(name -> ways.put(name, new MixedOps.Way<>(rewrite, changed)));
        new TestModel().forward(new Scope<>(new MixedOps<>(own, ways)), TestModel.CONFIG, sample());
    }

    private static Values<Meta> sample() {
        return Values.of("sample", new Meta(Shape.of(1, 2, 3, 5), DType.FLOAT32));
    }
}
