package io.halftone.sd3.internal;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The transformer of Stable Diffusion 3 and 3.5, by its configuration alone. Parameter names are those of the diffusers
 * state dict. Source: diffusers, transformer_sd3.py, SD3Transformer2DModel.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("SD3Transformer2DModel")
public final class Sd3TransformerAdapter implements ModelAdapter {
    /** Tokens of a text: those of CLIP, then those of T5, of which there may be more. */
    private static final Extent TEXT_TOKENS = new Extent(1, 77 + 256, 77 + 512);

    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim HEIGHT = Dim.named("height");
    private static final Dim WIDTH = Dim.named("width");
    private static final Dim WORDS = Dim.named("sequence_length");

    @Override
    public ModelSignature signature(ModelConfig config) {
        Sd3Config c = Sd3Config.of(config);
        List<Port> inputs = List.of(
            Port.computed("hidden_states", Shape.of(BATCH, Dim.of(c.inChannels()), HEIGHT, WIDTH)),
            Port.computed("encoder_hidden_states", Shape.of(BATCH, WORDS, Dim.of(c.textDim()))),
            Port.computed("pooled_projections", Shape.of(BATCH, Dim.of(c.pooledDim()))),
            Port.computed("timestep", Shape.of(Dim.named("steps"))));
        var sample = Port.computed("sample", Shape.of(BATCH, Dim.of(c.outChannels()), whole(HEIGHT, c), whole(WIDTH, c)));
        var side = new Extent(c.patch(), c.side(), c.greatestSide());
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("batch_size", new Extent(1, 2, 16));
        extents.put("height", side);
        extents.put("width", side);
        extents.put("sequence_length", TEXT_TOKENS);
        extents.put("steps", new Extent(1, 2, 16));
        return new ModelSignature(inputs, List.of(sample), extents, profile(c.side()));
    }

    /** That of the published engines: two passes for guidance of one picture up to eight. Source: as of the preset. */
    private static Map<String, Extent> profile(long usual) {
        var side = new Extent(usual, usual, usual);
        long tokens = TEXT_TOKENS.usual();
        var batch = new Extent(2, 16, 16);
        return Map.of("batch_size", batch, "height", side, "width", side, "steps", batch, "sequence_length",
            new Extent(tokens, tokens, tokens));
    }

    /** What the patches of a side cover. */
    private static Dim whole(Dim side, Sd3Config c) {
        return side.floorDiv(c.patch()).times(c.patch());
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        Sd3Config c = Sd3Config.of(config);
        T latents = in.get("hidden_states");
        T temb = s.within("time_text_embed", e -> new TimeTextEmbedding(c.dim()).apply(e, in.get("timestep"), in.get("pooled_projections")));
        T x = s.within("pos_embed", e -> new PatchEmbedding(c).apply(e, latents));
        T text = s.linear("context_embedder", c.dim(), Role.EMBEDDING, in.get("encoder_hidden_states"));
        var attention = new JointAttention(c.heads(), c.headDim(), c.normalized());
        for (int i = 0; i < c.layers(); i++) {
            var block = new JointBlock(attention, c.dual().contains(i), i == c.layers() - 1);
            T image = x;
            T words = text;
            List<T> both = s.withinAll("transformer_blocks." + i,
                b -> block.apply(b, b.ops().adopt(image), b.ops().adopt(words), temb));
            x = both.get(0);
            text = both.get(both.size() - 1);
        }
        T y = x;
        return Values.of("sample", s.lifetime(l -> prediction(l, c, l.ops().adopt(y), temb, l.ops().shape(latents))));
    }

    /** (batch, tokens, dim) to (batch, outChannels, height, width). */
    private static <T> T prediction(Scope<T> s, Sd3Config c, T x, T temb, Shape latents) {
        Ops<T> o = s.ops();
        Dim rows = latents.dim(2).floorDiv(c.patch());
        Dim columns = latents.dim(3).floorDiv(c.patch());
        Dim patch = Dim.of(c.patch());
        T normed = s.within("norm_out", n -> ContinuousNorm.apply(n, x, temb, Role.OUTPUT));
        T patches = s.linear("proj_out", c.patch() * c.patch() * c.outChannels(), Role.OUTPUT, normed);
        T apart = o.reshape(patches, Shape.of(latents.dim(0), rows, columns, patch, patch, Dim.of(c.outChannels())));
        Shape map = Shape.of(latents.dim(0), Dim.of(c.outChannels()), rows.times(patch), columns.times(patch));
        return o.reshape(o.permute(apart, 0, 5, 1, 3, 2, 4), map);
    }
}
