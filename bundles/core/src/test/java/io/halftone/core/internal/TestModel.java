package io.halftone.core.internal;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Map;

/** A backbone of five layers: a convolution in, one attention, a convolution out. */
public final class TestModel implements ModelAdapter {
    public static final ModelConfig CONFIG = ModelConfig.of("unet/config.json", Map.of("_class_name", "TestUNet"));
    public static final Layer.Conv CONV_IN = new Layer.Conv("conv_in", Role.INPUT, 2, 4, 3, 1, 1, true);
    public static final Layer.Linear TO_Q = new Layer.Linear("attn1.to_q", Role.QKV, 4, 4, false);
    public static final Layer.Attention ATTENTION = new Layer.Attention("attn1", Role.ATTENTION, 2, 2, 1 / Math.sqrt(2), false);
    public static final Layer.Linear TO_OUT = new Layer.Linear("attn1.to_out.0", Role.ATTENTION_OUTPUT, 4, 4, true);
    public static final Layer.Conv CONV_OUT = new Layer.Conv("conv_out", Role.OUTPUT, 4, 2, 3, 1, 1, true);
    public static final List<Layer> LAYERS = List.of(CONV_IN, TO_Q, ATTENTION, TO_OUT, CONV_OUT);

    @Override
    public ModelSignature signature(ModelConfig config) {
        Dim batch = Dim.named("batch");
        Port sample = Port.computed("sample", Shape.of(batch, Dim.of(2), Dim.named("height"), Dim.named("width")));
        Extent side = new Extent(1, 8, 16);
        return new ModelSignature(List.of(sample), List.of(Port.computed("out_sample", sample.shape())),
            Map.of("batch", new Extent(1, 2, 4), "height", side, "width", side));
    }

    @Override
    public <T> Values<T> forward(Scope<T> scope, ModelConfig config, Values<T> inputs) {
        var o = scope.ops();
        T x = scope.conv("conv_in", 4, 3, 1, 1, Role.INPUT, inputs.get("sample"));
        Shape picture = o.shape(x);
        Shape tokens = Shape.of(picture.dim(0), picture.dim(2).times(picture.dim(3)), picture.dim(1));
        T hidden = o.reshape(o.permute(x, 0, 2, 3, 1), tokens);
        T attended = scope.within("attn1", s -> {
            T q = s.splitHeads(s.linear("to_q", 4, false, Role.QKV, hidden), 2);
            return s.linear("to_out.0", 4, Role.ATTENTION_OUTPUT, s.mergeHeads(s.attention(q, q, q)));
        });
        Shape rows = Shape.of(picture.dim(0), picture.dim(2), picture.dim(3), picture.dim(1));
        T back = o.permute(o.reshape(attended, rows), 0, 3, 1, 2);
        return Values.of("out_sample", scope.conv("conv_out", 2, 3, 1, 1, Role.OUTPUT, o.add(x, back)));
    }
}
