package io.halftone.sdxl.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import java.util.Arrays;
import java.util.List;

/** Both text encoders side by side. Source: diffusers, pipeline_stable_diffusion_xl.py, encode_prompt. */
record PromptEncoders<T>(Components<T> components) {
    /**
     * What texts become.
     *
     * @param tokens (batch, tokens, both encoders' dims)
     * @param pooled (batch, the second encoder's projection)
     */
    record Embeddings<T>(T tokens, T pooled) {}

    Embeddings<T> encode(List<String> texts) {
        Values<T> first = run("text_encoder", "tokenizer", texts);
        Values<T> second = run("text_encoder_2", "tokenizer_2", texts);
        EagerOps<T> o = components.ops();
        T behind = penultimate("text_encoder_2", second);
        T front = o.cast(penultimate("text_encoder", first), o.dtype(behind));
        return new Embeddings<>(o.concat(-1, List.of(front, behind)), second.get("text_embeds"));
    }

    /** As {@link #encode}, but zeros for each blank text where the pipeline asks for that; the shapes are those of the positive ones. */
    Embeddings<T> encodeNegative(List<String> texts, Embeddings<T> positive) {
        if (!components.config().index().flag("force_zeros_for_empty_prompt", true)) {
            return encode(texts);
        }
        if (texts.stream().allMatch(String::isBlank)) {
            return new Embeddings<>(zeros(positive.tokens()), zeros(positive.pooled()));
        }
        Embeddings<T> encoded = encode(texts);
        float[] kept = new float[texts.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = texts.get(i).isBlank() ? 0 : 1;
        }
        return new Embeddings<>(rows(encoded.tokens(), kept), rows(encoded.pooled(), kept));
    }

    private Values<T> run(String encoder, String tokenizer, List<String> texts) {
        int length = components.tokenizer(tokenizer).maxLength();
        return components.run(encoder, Values.of("input_ids", components.ids(tokenizer, texts, length)));
    }

    /** The states that the last layer is given. */
    private T penultimate(String encoder, Values<T> outputs) {
        ModelConfig config = components.config().component(encoder);
        return outputs.get("hidden_states." + (config.intValue("num_hidden_layers") - 1));
    }

    private T zeros(T like) {
        EagerOps<T> o = components.ops();
        Shape shape = o.shape(like);
        return o.constant(new float[Math.toIntExact(shape.count().size())], shape, o.dtype(like));
    }

    /** x with each element of the batch times a number. */
    private T rows(T x, float[] factors) {
        EagerOps<T> o = components.ops();
        long[] column = new long[o.shape(x).rank()];
        Arrays.fill(column, 1);
        column[0] = factors.length;
        DType type = o.dtype(x);
        return o.mul(x, o.constant(factors, Shape.of(column), type));
    }
}
