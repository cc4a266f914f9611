package io.halftone.t5.internal;

import io.halftone.model.Architecture;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The encoder of T5, versions 1.0 and 1.1. Every token attends to every other, padding included, as pipelines have it.
 * A pass takes texts of any length that is a number; where the length is known only when the model runs it is at most 512, that
 * of the texts that T5 learned from.
 * Parameter names are those of the transformers state dict. Source: transformers, modeling_t5.py, T5EncoderModel.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("T5EncoderModel")
public final class T5EncoderAdapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim TOKENS = Dim.named("sequence_length");

    @Override
    public ModelSignature signature(ModelConfig config) {
        T5Config c = T5Config.of(config);
        return new ModelSignature(List.of(Port.of("input_ids", DType.INT64, Shape.of(BATCH, TOKENS))),
            List.of(Port.computed("last_hidden_state", Shape.of(BATCH, TOKENS, Dim.of(c.hidden())))),
            Map.of("batch_size", new Extent(1, 2, 16), "sequence_length",
                new Extent(1, RelativePositions.MOST_TOKENS, RelativePositions.MOST_TOKENS)));
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        T5Config c = T5Config.of(config);
        T ids = in.get("input_ids");
        Dim tokens = s.ops().shape(ids).dim(1);
        return Values.of("last_hidden_state", s.lifetime(l -> {
            T embedded = l.embedding("shared", c.vocabulary(), c.hidden(), ids);
            return l.within("encoder", e -> encode(e, c, e.ops().adopt(embedded), tokens));
        }));
    }

    private static <T> T encode(Scope<T> e, T5Config c, T embedded, Dim tokens) {
        // the first block's table serves all of them
        T bias = e.within("block.0.layer.0.SelfAttention", a -> new RelativePositions(c).bias(a, tokens));
        var block = new T5Block(c);
        T x = embedded;
        for (int i = 0; i < c.layers(); i++) {
            T before = x;
            x = e.within("block." + i, b -> block.apply(b, b.ops().adopt(before), bias));
        }
        return block.norm(e, "final_layer_norm", x);
    }
}
