package io.halftone.clip.internal;

import io.halftone.model.Architecture;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
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
 * CLIP whole, texts and pictures embedded in one space. Parameter names are those of the transformers state dict, whose
 * {@code logit_scale} has no part in embeddings. Source: transformers, modeling_clip.py, CLIPModel.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("CLIPModel")
public final class ClipAdapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim TOKENS = Dim.named("sequence_length");

    @Override
    public ModelSignature signature(ModelConfig config) {
        ClipTextConfig text = text(config);
        ClipVisionConfig vision = vision(config);
        Shape embeds = Shape.of(BATCH, Dim.of(text.projection().orElseThrow()));
        return new ModelSignature(List.of(Port.of("input_ids", DType.INT64, Shape.of(BATCH, TOKENS)),
            Port.computed("pixel_values", Shape.of(BATCH, Dim.of(3), Dim.of(vision.size()), Dim.of(vision.size())))),
            List.of(Port.computed("text_embeds", embeds), Port.computed("image_embeds", embeds)),
            Map.of("batch_size", new Extent(1, 1, 16), "sequence_length", new Extent(1, text.positions(), text.positions())));
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        ClipTextConfig text = text(config);
        T state = s.within("vision_model", v -> new ClipVision(vision(config)).apply(v, in.get("pixel_values")));
        Map<String, T> outputs = new LinkedHashMap<>();
        outputs.put("text_embeds", ClipTextAdapter.forward(s, text, in).get("text_embeds"));
        outputs.put("image_embeds", s.linear("visual_projection", text.projection().orElseThrow(), false, Role.OUTPUT, state));
        return Values.of(outputs);
    }

    /** The text's part, read as a text encoder with projection. */
    private static ClipTextConfig text(ModelConfig config) {
        Map<String, Object> values = new LinkedHashMap<>(part(config, "text_config"));
        values.put("architectures", List.of("CLIPTextModelWithProjection"));
        values.put("projection_dim", config.longValue("projection_dim"));
        // what CLIPTextConfig has where the file says nothing
        Map.of("hidden_size", 512, "intermediate_size", 2048, "num_hidden_layers", 12, "num_attention_heads", 8, "vocab_size", 49408)
            .forEach(values::putIfAbsent);
        return ClipTextConfig.of(ModelConfig.of(config.source() + ": text_config", values));
    }

    private static ClipVisionConfig vision(ModelConfig config) {
        return ClipVisionConfig.of(ModelConfig.of(config.source() + ": vision_config", part(config, "vision_config")));
    }

    private static Map<String, Object> part(ModelConfig config, String key) {
        if (!(config.asMap().get(key) instanceof Map<?, ?> part)) {
            throw new IllegalArgumentException(config.source() + ": " + key + ": found none; expected the part's configuration");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        part.forEach((name, value) -> values.put(name.toString(), value));
        return values;
    }
}
