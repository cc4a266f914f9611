package io.halftone.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.versioning.ConsumerType;

/** From text to ids. Safe for use by several threads. */
@ConsumerType
public interface Tokenizer {
    /** Reads tokenizers. Found by {@link io.halftone.model.Named}, the {@code tokenizer_class} of tokenizer_config.json. */
    @ConsumerType
    interface Loader {
        /**
         * Reads the tokenizer of a component folder.
         *
         * @throws io.halftone.ops.CheckpointException if a file is missing or not what it should be
         */
        Tokenizer load(Path folder) throws IOException;
    }

    /** The longest sequence of the model, special tokens included. */
    int maxLength();

    /**
     * The ids of a text with its special tokens, cut or padded to a length.
     *
     * @param length at most {@link #maxLength}
     */
    long[] encode(String text, int length);

    /** The number of ids that the text has with its special tokens, uncut. */
    int count(String text);
}
