package io.halftone.pipeline;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The parts of a pipeline that is running, the backbone excepted. For use by one thread.
 *
 * @param <T> a tensor
 */
@ProviderType
public interface Components<T> {
    PipelineConfig config();

    /** Operations for arithmetic between the parts. */
    EagerOps<T> ops();

    /** The type that a component computes in. */
    DType computeType(String component);

    /** Whether latents larger than a tile are decoded tile by tile: less memory, other numbers near the seams. */
    default boolean tiledDecoding() {
        return false;
    }

    /** The tokenizer of a component folder. */
    Tokenizer tokenizer(String component);

    /**
     * Texts as a text encoder takes them: (texts, length), int64.
     *
     * @param tokenizer its component folder, such as {@code tokenizer}
     * @param length    of every text, cut or padded; at most the tokenizer's {@link Tokenizer#maxLength}
     */
    default T ids(String tokenizer, List<String> texts, int length) {
        Tokenizer its = tokenizer(tokenizer);
        long[] ids = new long[texts.size() * length];
        for (int i = 0; i < texts.size(); i++) {
            System.arraycopy(its.encode(texts.get(i), length), 0, ids, i * length, length);
        }
        return ops().load(TensorView.ofLongs(ids, texts.size(), length));
    }

    /**
     * Runs a model component; inputs of the compute kind are cast to its type.
     *
     * @param component its folder name, such as {@code text_encoder}
     * @return its outputs, in its compute type
     */
    Values<T> run(String component, Values<T> inputs);
}
