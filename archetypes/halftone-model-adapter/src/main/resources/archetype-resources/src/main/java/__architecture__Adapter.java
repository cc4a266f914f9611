package ${package};

import io.halftone.model.Architecture;
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
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * A stack of residual blocks of convolutions, each followed by attention to the text. It goes where a pipeline of Stable Diffusion
 * has its UNet. Parameter names are those of its state dict.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("${architecture}")
public final class ${architecture}Adapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim HEIGHT = Dim.named("height");
    private static final Dim WIDTH = Dim.named("width");
    private static final Dim TOKENS = Dim.named("sequence_length");
    private static final Dim STEPS = Dim.named("steps");
    private static final long TEXT_TOKENS = 77;
    private static final double EPSILON = 1e-5;

    @Override
    public ModelSignature signature(ModelConfig config) {
        long side = config.longValue("sample_size");
        List<Port> inputs = List.of(
            Port.computed("sample", Shape.of(BATCH, Dim.of(config.longValue("in_channels")), HEIGHT, WIDTH)),
            Port.computed("timestep", Shape.of(STEPS)),
            Port.computed("encoder_hidden_states", Shape.of(BATCH, TOKENS, Dim.of(config.longValue("cross_attention_dim")))));
        var output = Port.computed("latent", Shape.of(BATCH, Dim.of(config.longValue("out_channels")), HEIGHT, WIDTH));
        return new ModelSignature(inputs, List.of(output), Map.of("batch_size", new Extent(1, 2, 16),
            "height", new Extent(1, side, 2 * side), "width", new Extent(1, side, 2 * side), "steps", new Extent(1, 1, 16),
            "sequence_length", new Extent(1, TEXT_TOKENS, 3 * TEXT_TOKENS)));
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        long channels = config.longValue("block_out_channels");
        int groups = config.intValue("norm_num_groups", 32);
        T text = in.get("encoder_hidden_states");
        T temb = s.within("time_embedding", e -> time(e, 4 * channels, in));
        T x = s.conv("conv_in", channels, 3, 1, 1, Role.INPUT, in.get("sample"));
        for (int i = 0; i < config.intValue("num_layers"); i++) {
            T before = x;
            // what a block makes is released at its end, but for its result; adopt hands it the value that it takes over
            T hidden = s.within("resnets." + i, b -> residual(b, groups, b.ops().adopt(before), temb));
            x = s.within("attentions." + i, b -> attention(b, config.intValue("num_attention_heads"), b.ops().adopt(hidden), text));
        }
        T y = x;
        return Values.of("latent", s.lifetime(l -> {
            T normed = l.ops().silu(l.groupNorm("conv_norm_out", l.ops().adopt(y), groups, EPSILON));
            return l.conv("conv_out", config.longValue("out_channels"), 3, 1, 1, Role.OUTPUT, normed);
        }));
    }

    /** (batch, dim): one time step for all, or one for each. */
    private static <T> T time(Scope<T> e, long dim, Values<T> in) {
        Ops<T> o = e.ops();
        T steps = o.expand(in.get("timestep"), Shape.of(o.shape(in.get("sample")).dim(0)));
        return e.embedded(dim, o.cast(e.sinusoid(steps, Math.toIntExact(dim / 4), true, 0), o.computeType()));
    }

    /** Two convolutions beside a short cut, the time step added between them: (batch, channels, height, width). */
    private static <T> T residual(Scope<T> b, int groups, T x, T temb) {
        Ops<T> o = b.ops();
        long channels = o.shape(x).dim(1).size();
        T hidden = b.conv("conv1", channels, 3, 1, 1, Role.CONVOLUTION, o.silu(b.groupNorm("norm1", x, groups, EPSILON)));
        T time = b.linear("time_emb_proj", channels, Role.EMBEDDING, o.silu(temb));
        hidden = o.add(hidden, o.reshape(time, Shape.of(o.shape(time).dim(0), Dim.of(channels), Dim.of(1), Dim.of(1))));
        hidden = b.conv("conv2", channels, 3, 1, 1, Role.CONVOLUTION, o.silu(b.groupNorm("norm2", hidden, groups, EPSILON)));
        return o.add(x, hidden);
    }

    /** Attention of each pixel to the text, beside a short cut: (batch, channels, height, width). */
    private static <T> T attention(Scope<T> b, int heads, T x, T text) {
        Ops<T> o = b.ops();
        Shape map = o.shape(x);
        Dim channels = map.dim(1);
        T pixels = o.reshape(o.permute(x, 0, 2, 3, 1), Shape.of(map.dim(0), map.dim(2).times(map.dim(3)), channels));
        T q = b.splitHeads(b.linear("to_q", channels.size(), Role.QKV, b.layerNorm("norm", pixels, EPSILON)), heads);
        T k = b.splitHeads(b.linear("to_k", channels.size(), Role.QKV, text), heads);
        T v = b.splitHeads(b.linear("to_v", channels.size(), Role.QKV, text), heads);
        T attended = b.linear("to_out.0", channels.size(), Role.ATTENTION_OUTPUT, b.mergeHeads(b.attention(q, k, v)));
        T seen = o.reshape(attended, Shape.of(map.dim(0), map.dim(2), map.dim(3), channels));
        return o.add(x, o.permute(seen, 0, 3, 1, 2));
    }
}
