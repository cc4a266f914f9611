package io.halftone.tokenizer.t5.internal;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.halftone.pipeline.Tokenizer;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * T5's pieces of a text, with a token behind them that ends it. The library's memory is released when this is collected.
 * Source: transformers, tokenization_t5.py, T5Tokenizer, which runs on the same library.
 */
final class T5Tokenizer implements Tokenizer {
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    private final HuggingFaceTokenizer library;
    private final long end;
    private final long pad;
    private final int maxLength;

    /**
     * A tokenizer of these parts.
     *
     * @param library   neither cuts nor pads
     * @param end       the id behind every text
     * @param pad       the id behind the end, up to the length asked for
     * @param maxLength at least 1
     */
    T5Tokenizer(HuggingFaceTokenizer library, long end, long pad, int maxLength) {
        this.library = library;
        this.end = end;
        this.pad = pad;
        this.maxLength = maxLength;
    }

    @Override
    public int maxLength() {
        return maxLength;
    }

    @Override
    public long[] encode(String text, int length) {
        if (length < 1 || length > maxLength) {
            throw new IllegalArgumentException("length: found " + length + "; expected 1 to " + maxLength);
        }
        long[] content = ids(text);
        int kept = Math.min(content.length, length - 1);
        long[] ids = Arrays.copyOf(content, length);
        ids[kept] = end;
        Arrays.fill(ids, kept + 1, length, pad);
        return ids;
    }

    @Override
    public int count(String text) {
        return ids(text).length + 1;
    }

    private long[] ids(String text) {
        return library.encode(LONE_SURROGATE.matcher(text).replaceAll("\ufffd"), false, false).getIds();
    }
}
