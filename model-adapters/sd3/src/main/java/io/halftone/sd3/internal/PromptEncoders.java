package io.halftone.sd3.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import java.util.List;

/**
 * Two CLIP encoders side by side, and a T5 encoder behind them; a pipeline may leave the third out.
 * Source: diffusers, pipeline_stable_diffusion_3.py, encode_prompt.
 */
record PromptEncoders<T>(Components<T> components) {
    static final String T5 = "text_encoder_3";
    /** Tokens of a text for T5; what diffusers takes where the caller says nothing. */
    static final int T5_TOKENS = 256;

    /**
     * What texts become.
     *
     * @param tokens (batch, CLIP's tokens and T5's, textDim)
     * @param pooled (batch, both projections)
     */
    record Embeddings<T>(T tokens, T pooled) {}

    Embeddings<T> encode(List<String> texts) {
        EagerOps<T> o = components.ops();
        // the first tokenizer's length for both
        int length = components.tokenizer("tokenizer").maxLength();
        Values<T> first = run("text_encoder", "tokenizer", texts, length);
        Values<T> second = run("text_encoder_2", "tokenizer_2", texts, length);
        T front = penultimate("text_encoder", first);
        DType type = o.dtype(front);
        T clip = o.concat(-1, List.of(front, o.cast(penultimate("text_encoder_2", second), type)));
        T t5 = o.cast(t5(texts, type), type);
        long narrower = o.shape(t5).dim(-1).size() - o.shape(clip).dim(-1).size();
        T tokens = o.concat(1, List.of(o.pad(clip, -1, 0, narrower), t5));
        T pooled = o.concat(-1, List.of(first.get("text_embeds"), o.cast(second.get("text_embeds"), type)));
        return new Embeddings<>(tokens, pooled);
    }

    /** (batch, T5's tokens, textDim); zeros where the pipeline has no T5. */
    private T t5(List<String> texts, DType type) {
        if (components.config().has(T5)) {
            return run(T5, "tokenizer_3", texts, T5_TOKENS).get("last_hidden_state");
        }
        long dim = Sd3Config.of(components.config().component("transformer")).textDim();
        EagerOps<T> o = components.ops();
        return o.expand(o.constant(new float[] {0}, Shape.of(1, 1, 1), type), Shape.of(texts.size(), T5_TOKENS, dim));
    }

    private Values<T> run(String encoder, String tokenizer, List<String> texts, int length) {
        return components.run(encoder, Values.of("input_ids", components.ids(tokenizer, texts, length)));
    }

    /** The states that the last layer is given. */
    private T penultimate(String encoder, Values<T> outputs) {
        return outputs.get("hidden_states." + (components.config().component(encoder).intValue("num_hidden_layers") - 1));
    }
}
