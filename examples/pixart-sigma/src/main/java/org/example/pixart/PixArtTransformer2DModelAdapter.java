package org.example.pixart;

import io.halftone.model.Architecture;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
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
 * The transformer of PixArt-Sigma, by its configuration alone. Published files name the class that it was part of before it had one
 * of its own. Parameter names are those of the diffusers state dict. Source: diffusers, pixart_transformer_2d.py.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture({"PixArtTransformer2DModel", "Transformer2DModel"})
public final class PixArtTransformer2DModelAdapter implements ModelAdapter {
    /** Tokens of a text. */
    static final int TEXT_TOKENS = 300;

    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim HEIGHT = Dim.named("height");
    private static final Dim WIDTH = Dim.named("width");
    private static final Dim WORDS = Dim.named("sequence_length");
    private static final Dim STEPS = Dim.named("steps");
    /** Extent of the embedding of one number. */
    private static final int SINES = 256;
    /** What is added to the score of a token that does not count. */
    private static final double MASKED = -10_000;
    /** Of the norm behind the blocks; the configuration has no say in it. */
    private static final double EPSILON = 1e-6;

    @Override
    public ModelSignature signature(ModelConfig config) {
        PixArtConfig c = PixArtConfig.of(config);
        List<Port> inputs = List.of(
            Port.computed("hidden_states", Shape.of(BATCH, Dim.of(c.inChannels()), HEIGHT, WIDTH)),
            Port.computed("encoder_hidden_states", Shape.of(BATCH, WORDS, Dim.of(c.captionDim()))),
            Port.computed("encoder_attention_mask", Shape.of(BATCH, WORDS)),
            Port.computed("timestep", Shape.of(STEPS)));
        var sample = Port.computed("sample", Shape.of(BATCH, Dim.of(c.outChannels()), whole(HEIGHT, c), whole(WIDTH, c)));
        var side = new Extent(c.patch(), c.side(), 2 * c.side());
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("batch_size", new Extent(1, 2, 16));
        extents.put("height", side);
        extents.put("width", side);
        extents.put("sequence_length", new Extent(1, TEXT_TOKENS, TEXT_TOKENS));
        extents.put("steps", new Extent(1, 1, 16));
        return new ModelSignature(inputs, List.of(sample), extents);
    }

    /** What the patches of a side cover. */
    private static Dim whole(Dim side, PixArtConfig c) {
        return side.floorDiv(c.patch()).times(c.patch());
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        PixArtConfig c = PixArtConfig.of(config);
        Ops<T> o = s.ops();
        T latents = in.get("hidden_states");
        T x = s.within("pos_embed", e -> patches(e, c, latents));
        // the embedded time step, and what is projected of it for all blocks
        List<T> times = s.withinAll("adaln_single", a -> times(a, c, in.get("timestep"), a.ops().shape(latents).dim(0)));
        T text = s.within("caption_projection", p -> p.linear("linear_2", c.dim(), Role.EMBEDDING,
            p.ops().geluTanh(p.linear("linear_1", c.dim(), Role.EMBEDDING, in.get("encoder_hidden_states")))));
        T bias = bias(o, in.get("encoder_attention_mask"));
        var block = new PixArtBlock(c);
        for (int i = 0; i < c.layers(); i++) {
            T before = x;
            x = s.within("transformer_blocks." + i, b -> block.apply(b, b.ops().adopt(before), text, bias, times.get(1)));
        }
        T y = x;
        return Values.of("sample", s.lifetime(l -> prediction(l, c, l.ops().adopt(y), times.get(0), l.ops().shape(latents))));
    }

    /** Latents to tokens, row by row, each with the embedding of its place: (batch, tokens, dim). */
    private static <T> T patches(Scope<T> e, PixArtConfig c, T latents) {
        Ops<T> o = e.ops();
        T made = e.conv("proj", c.dim(), c.patch(), c.patch(), 0, Role.INPUT, latents);
        Shape map = o.shape(made);
        T tokens = o.reshape(o.permute(made, 0, 2, 3, 1), Shape.of(map.dim(0), map.dim(2).times(map.dim(3)), map.dim(1)));
        T places = new Positions(c, 2 * c.patches()).of(o, map.dim(2), map.dim(3));
        return o.cast(o.add(o.cast(tokens, DType.FLOAT32), places), o.dtype(tokens));
    }

    /** (batch, dim) and (batch, 6 * dim). */
    private static <T> List<T> times(Scope<T> a, PixArtConfig c, T timestep, Dim batch) {
        Ops<T> o = a.ops();
        T sines = o.cast(a.sinusoid(o.expand(timestep, Shape.of(batch)), SINES, true, 0), o.computeType());
        T embedded = a.within("emb", b -> b.within("timestep_embedder", e -> e.embedded(c.dim(), sines)));
        return List.of(embedded, a.linear("linear", PixArtBlock.MODULATIONS * c.dim(), Role.MODULATION, o.silu(embedded)));
    }

    /** (batch, text tokens) of ones and zeros to (batch, 1, 1, text tokens). */
    private static <T> T bias(Ops<T> o, T mask) {
        DType type = o.dtype(mask);
        T bias = o.mul(o.sub(o.constant(1, type), mask), o.constant(MASKED, type));
        Shape shape = o.shape(mask);
        return o.reshape(bias, Shape.of(shape.dim(0), Dim.of(1), Dim.of(1), shape.dim(1)));
    }

    /** (batch, tokens, dim) to (batch, outChannels, height, width). */
    private static <T> T prediction(Scope<T> s, PixArtConfig c, T x, T embedded, Shape latents) {
        Ops<T> o = s.ops();
        T table = s.parameter("scale_shift_table", Shape.of(2, c.dim()));
        T both = o.add(table, o.reshape(embedded, Shape.of(latents.dim(0), Dim.of(1), Dim.of(c.dim()))));
        T normed = s.modulate(o.layerNorm(x, EPSILON), o.slice(both, 1, 0, 1), o.slice(both, 1, 1, 2));
        T patches = s.linear("proj_out", c.patch() * c.patch() * c.outChannels(), Role.OUTPUT, normed);
        Dim rows = latents.dim(2).floorDiv(c.patch());
        Dim columns = latents.dim(3).floorDiv(c.patch());
        Dim patch = Dim.of(c.patch());
        T apart = o.reshape(patches, Shape.of(latents.dim(0), rows, columns, patch, patch, Dim.of(c.outChannels())));
        Shape map = Shape.of(latents.dim(0), Dim.of(c.outChannels()), rows.times(patch), columns.times(patch));
        return o.reshape(o.permute(apart, 0, 5, 1, 3, 2, 4), map);
    }
}
