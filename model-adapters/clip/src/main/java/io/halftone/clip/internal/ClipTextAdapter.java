package io.halftone.clip.internal;

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
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The text half of CLIP, with and without projection. Parameter names are those of the transformers state dict.
 * Source: transformers, modeling_clip.py, CLIPTextModel and CLIPTextModelWithProjection.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture({"CLIPTextModel", "CLIPTextModelWithProjection"})
public final class ClipTextAdapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim TOKENS = Dim.named("sequence_length");

    @Override
    public ModelSignature signature(ModelConfig config) {
        ClipTextConfig c = ClipTextConfig.of(config);
        Shape states = Shape.of(BATCH, TOKENS, Dim.of(c.hidden()));
        List<Port> outputs = new ArrayList<>();
        outputs.add(Port.computed("last_hidden_state", states));
        for (int i = 0; i <= c.layers(); i++) {
            outputs.add(Port.computed("hidden_states." + i, states));
        }
        outputs.add(Port.computed(c.pooled(), Shape.of(BATCH, Dim.of(c.projection().orElse(c.hidden())))));
        return new ModelSignature(List.of(Port.of("input_ids", DType.INT64, Shape.of(BATCH, TOKENS))), outputs,
            Map.of("batch_size", new Extent(1, 2, 16), "sequence_length", new Extent(1, c.positions(), c.positions())));
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        return forward(s, ClipTextConfig.of(config), in);
    }

    /** The pass of a configuration that is read. */
    static <T> Values<T> forward(Scope<T> s, ClipTextConfig c, Values<T> in) {
        T ids = in.get("input_ids");
        List<T> states = s.withinAll(c.prefix(), m -> states(m, c, ids));
        T last = states.get(states.size() - 1);
        T pooled = s.ops().select(last, end(s.ops(), c, ids));
        Map<String, T> outputs = new LinkedHashMap<>();
        outputs.put("last_hidden_state", last);
        for (int i = 0; i <= c.layers(); i++) {
            outputs.put("hidden_states." + i, states.get(i));
        }
        outputs.put(c.pooled(), c.projection().isPresent()
            ? s.linear("text_projection", c.projection().get(), false, Role.OUTPUT, pooled)
            : pooled);
        return Values.of(outputs);
    }

    /** The embeddings, what each layer makes of them, and the last behind its layer norm: (batch, tokens, hidden) each. */
    private static <T> List<T> states(Scope<T> m, ClipTextConfig c, T ids) {
        List<T> states = new ArrayList<>();
        T x = m.within("embeddings", e -> embeddings(e, c, ids));
        states.add(x);
        var layer = ClipLayer.of(c);
        for (int i = 0; i < c.layers(); i++) {
            T before = x;
            x = m.within("encoder.layers." + i, l -> layer.apply(l, before));
            states.add(x);
        }
        states.add(m.layerNorm("final_layer_norm", x, c.epsilon()));
        return states;
    }

    private static <T> T embeddings(Scope<T> e, ClipTextConfig c, T ids) {
        T tokens = e.embedding("token_embedding", c.vocabulary(), c.hidden(), ids);
        T positions = e.parameter("position_embedding.weight", Shape.of(c.positions(), c.hidden()));
        Dim length = e.ops().shape(ids).dim(1);
        return e.ops().add(tokens, length.equals(Dim.of(c.positions())) ? positions : e.ops().slice(positions, 0, Dim.of(0), length));
    }

    /**
     * The place of each text's end: (batch), int64. Early configurations give 2 for the end's id, which is not the
     * tokenizer's; there the end is the largest id, as it is the last in the vocabulary.
     */
    private static <T> T end(Ops<T> o, ClipTextConfig c, T ids) {
        if (c.endId() == ClipTextConfig.EARLY_END_ID) {
            return o.argmax(ids, 1);
        }
        T ends = o.equal(ids, o.constant(c.endId(), DType.INT64));
        return o.argmax(o.cast(ends, DType.INT64), 1);
    }
}
