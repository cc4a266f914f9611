package io.halftone.itests.plugin;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Map;

/** A backbone of two linear layers over the channels of each latent. */
public final class DotsModel implements ModelAdapter {
    private static final int CHANNELS = 3;
    private static final int WIDTH = 16;

    @Override
    public ModelSignature signature(ModelConfig config) {
        Port sample = Port.computed("sample", Shape.of(Dim.named("batch"), Dim.of(CHANNELS), Dim.named("height"), Dim.named("width")));
        Extent side = new Extent(1, 4, 16);
        return new ModelSignature(List.of(sample), List.of(Port.computed("latent", sample.shape())),
            Map.of("batch", new Extent(1, 1, 4), "height", side, "width", side));
    }

    @Override
    public <T> Values<T> forward(Scope<T> scope, ModelConfig config, Values<T> inputs) {
        Ops<T> ops = scope.ops();
        T rows = ops.permute(inputs.get("sample"), 0, 2, 3, 1);
        T hidden = ops.silu(scope.linear("proj_in", WIDTH, Role.FEED_FORWARD, rows));
        return Values.of("latent", ops.permute(scope.linear("proj_out", CHANNELS, Role.FEED_FORWARD, hidden), 0, 3, 1, 2));
    }
}
