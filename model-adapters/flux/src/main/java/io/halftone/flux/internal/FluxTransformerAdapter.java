package io.halftone.flux.internal;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The transformer of FLUX.1, dev and schnell. Parameter names are those of the diffusers state dict.
 * Source: diffusers, transformer_flux.py, FluxTransformer2DModel.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("FluxTransformer2DModel")
public final class FluxTransformerAdapter implements ModelAdapter {
    /** Tokens of a text that T5 learned from, and the most that diffusers takes. */
    static final long TEXT_TOKENS = 512;

    /** 1024 by 1024 pixels. */
    private static final long USUAL_TOKENS = 4096;
    /** Coordinates of a token's place. */
    private static final long COORDINATES = 3;
    /** How many dimensions the places of tokens come with: 2, or 3 as diffusers had them before 0.31. */
    private static final String IDS_RANK = "ids-rank";
    /** That of the published engines. Source: as of the presets. */
    private static final Map<String, Extent> PROFILE = Map.of("batch_size", new Extent(1, 1, 1), "sequence_length",
        new Extent(TEXT_TOKENS, TEXT_TOKENS, TEXT_TOKENS), "latent_dim", new Extent(USUAL_TOKENS, USUAL_TOKENS, USUAL_TOKENS));
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim TOKENS = Dim.named("latent_dim");
    private static final Dim WORDS = Dim.named("sequence_length");

    @Override
    public ModelSignature signature(ModelConfig config) {
        FluxConfig c = FluxConfig.of(config);
        List<Port> inputs = new ArrayList<>(List.of(
            Port.computed("hidden_states", Shape.of(BATCH, TOKENS, Dim.of(c.inChannels()))),
            Port.computed("encoder_hidden_states", Shape.of(BATCH, WORDS, Dim.of(c.textDim()))),
            Port.computed("pooled_projections", Shape.of(BATCH, Dim.of(c.pooledDim()))),
            Port.computed("timestep", Shape.of(BATCH)),
            Port.of("img_ids", DType.FLOAT32, places(config, TOKENS)),
            Port.of("txt_ids", DType.FLOAT32, places(config, WORDS))));
        if (c.guided()) {
            inputs.add(Port.of("guidance", DType.FLOAT32, Shape.of(BATCH)));
        }
        var latent = Port.computed("latent", Shape.of(BATCH, TOKENS, Dim.of(c.outChannels())));
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("batch_size", new Extent(1, 1, 16));
        extents.put("sequence_length", new Extent(1, TEXT_TOKENS, TEXT_TOKENS));
        extents.put("latent_dim", new Extent(1, USUAL_TOKENS, 4 * USUAL_TOKENS));
        return new ModelSignature(inputs, List.of(latent), extents, PROFILE);
    }

    @Override
    public Set<String> options() {
        return Set.of(IDS_RANK);
    }

    /** (tokens, coordinates), or with a batch before it: each picture's, of which the first counts. */
    private static Shape places(ModelConfig config, Dim tokens) {
        int rank = config.intValue(IDS_RANK, 2);
        if (rank != 2 && rank != 3) {
            throw new IllegalArgumentException(IDS_RANK + ": found " + rank + "; expected 2 or 3");
        }
        return rank == 2 ? Shape.of(tokens, Dim.of(COORDINATES)) : Shape.of(BATCH, tokens, Dim.of(COORDINATES));
    }

    /** (tokens, coordinates) of the first picture. */
    private static <T> T first(Ops<T> o, T ids) {
        Shape shape = o.shape(ids);
        return shape.rank() == 2 ? ids : o.reshape(o.slice(ids, 0, 0, 1), Shape.of(shape.dim(1), shape.dim(2)));
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        FluxConfig c = FluxConfig.of(config);
        Ops<T> o = s.ops();
        T image = s.linear("x_embedder", c.dim(), Role.INPUT, in.get("hidden_states"));
        T text = s.linear("context_embedder", c.dim(), Role.EMBEDDING, in.get("encoder_hidden_states"));
        Dim words = o.shape(text).dim(1);
        Dim all = words.plus(o.shape(image).dim(1));
        T temb = s.within("time_text_embed", e -> new TimeTextEmbedding(c).apply(e, in));
        Rotary<T> rope = Rotary.of(o, o.concat(0, List.of(first(o, in.get("txt_ids")), first(o, in.get("img_ids")))), c.axes());
        T x = doubleBlocks(s, c, text, image, temb, rope);
        var block = new SingleBlock(c.heads());
        for (int i = 0; i < c.singleLayers(); i++) {
            T before = x;
            x = s.within("single_transformer_blocks." + i, b -> block.apply(b, b.ops().adopt(before), temb, rope));
        }
        T y = x;
        return Values.of("latent", s.lifetime(l -> prediction(l, c, o.slice(o.adopt(y), 1, words, all), temb)));
    }

    /** (batch, text tokens and image tokens, dim). */
    private static <T> T doubleBlocks(Scope<T> s, FluxConfig c, T text, T image, T temb, Rotary<T> rope) {
        var block = new DoubleBlock(c.heads());
        List<T> streams = List.of(text, image);
        for (int i = 0; i < c.layers(); i++) {
            List<T> before = streams;
            streams = s.withinAll("transformer_blocks." + i,
                b -> block.apply(b, b.ops().adopt(before.get(0)), b.ops().adopt(before.get(1)), temb, rope));
        }
        List<T> both = streams;
        return s.lifetime(l -> l.ops().concat(1, both.stream().map(l.ops()::adopt).toList()));
    }

    private static <T> T prediction(Scope<T> s, FluxConfig c, T x, T temb) {
        // the scale comes first, other than in the blocks
        List<T> m = s.withinAll("norm_out", n -> n.modulation(temb, 2, Role.OUTPUT));
        return s.linear("proj_out", c.outChannels(), Role.OUTPUT, s.modulate(s.ops().layerNorm(x, FluxConfig.EPSILON), m.get(1), m.get(0)));
    }
}
