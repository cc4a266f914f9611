package io.halftone.flux.internal;

import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import java.util.List;

/** CLIP for the pooled text, T5 for its tokens. Source: diffusers, pipeline_flux.py, encode_prompt. */
record PromptEncoders<T>(Components<T> components, List<String> texts) {
    /** (batch, 512, textDim). */
    T tokens() {
        return run("text_encoder_2", "tokenizer_2", Math.toIntExact(FluxTransformerAdapter.TEXT_TOKENS)).get("last_hidden_state");
    }

    /** (batch, pooledDim): the state of the text's end. */
    T pooled() {
        return run("text_encoder", "tokenizer", components.tokenizer("tokenizer").maxLength()).get("pooler_output");
    }

    private Values<T> run(String encoder, String tokenizer, int length) {
        return components.run(encoder, Values.of("input_ids", components.ids(tokenizer, texts, length)));
    }
}
