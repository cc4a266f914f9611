package org.example.pixart;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Texts through T5. The source pads each text first and has the encoder look at no padding; here each text goes through the encoder
 * alone and unpadded, which gives its tokens the same states, and zeros pad these. What pads is masked in the transformer, so its
 * states do not matter. Source: diffusers, pipeline_pixart_sigma.py, encode_prompt without the cleaning of captions.
 */
record Captions<T>(Components<T> components) {
    /**
     * What texts become.
     *
     * @param states (texts, tokens, captionDim)
     * @param mask   (texts, tokens): 1 for a text's own, 0 for what pads it
     */
    record Encoded<T>(T states, T mask) {}

    Encoded<T> encode(List<String> texts) {
        EagerOps<T> o = components.ops();
        Tokenizer tokenizer = components.tokenizer("tokenizer");
        int length = Math.min(PixArtTransformer2DModelAdapter.TEXT_TOKENS, tokenizer.maxLength());
        List<T> states = new ArrayList<>();
        float[] mask = new float[texts.size() * length];
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).toLowerCase(Locale.ROOT).strip();
            int tokens = Math.min(tokenizer.count(text), length);
            T own = components.run("text_encoder", Values.of("input_ids", components.ids("tokenizer", List.of(text), tokens)))
                .get("last_hidden_state");
            states.add(o.pad(own, 1, 0, length - tokens));
            Arrays.fill(mask, i * length, i * length + tokens, 1);
        }
        T all = o.concat(0, states);
        return new Encoded<>(all, o.constant(mask, Shape.of(texts.size(), length), o.dtype(all)));
    }
}
