package io.halftone.tokenizer.clip.internal;

import io.halftone.pipeline.Tokenizer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * CLIP's byte-level BPE: text in Unicode's form C and lower case, split into words, each word encoded by itself.
 * Source: transformers, tokenization_clip.py, CLIPTokenizer, which runs on the tokenizers library.
 */
final class ClipTokenizer implements Tokenizer {
    /** Tokens that enclose a text. */
    private static final int ENCLOSING = 2;
    private static final String CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d";
    private static final Pattern WORD = Pattern.compile(
        "<\\|startoftext\\|>|<\\|endoftext\\|>|" + CONTRACTIONS + "|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+", Pattern.UNICODE_CHARACTER_CLASS);
    /** The byte-level step splits a word once more; that changes only the first two kinds of words above. */
    private static final Pattern PART = Pattern.compile(
        CONTRACTIONS + "|\\p{L}+|\\p{N}+|[^\\s\\p{L}\\p{N}]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

    /**
     * The ids of the tokens with a meaning of their own.
     *
     * @param begin before every text
     * @param end   behind every text
     * @param pad   behind the end, up to the length asked for
     */
    record Special(int begin, int end, int pad) {}

    private final BytePairs pairs;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final Special special;
    private final int maxLength;

    /**
     * A tokenizer of these parts.
     *
     * @param raw        looked for in the text as it comes
     * @param normalized looked for in the normalized text; its texts are normalized
     * @param maxLength  at least 2
     */
    ClipTokenizer(BytePairs pairs, AddedTokens raw, AddedTokens normalized, Special special, int maxLength) {
        this.pairs = pairs;
        this.raw = raw;
        this.normalized = normalized;
        this.special = special;
        this.maxLength = maxLength;
    }

    @Override
    public int maxLength() {
        return maxLength;
    }

    @Override
    public long[] encode(String text, int length) {
        if (length < ENCLOSING || length > maxLength) {
            throw new IllegalArgumentException("length: found " + length + "; expected " + ENCLOSING + " to " + maxLength);
        }
        long[] content = ids(text);
        int kept = Math.min(content.length, length - ENCLOSING);
        long[] ids = new long[length];
        Arrays.fill(ids, special.pad());
        ids[0] = special.begin();
        System.arraycopy(content, 0, ids, 1, kept);
        ids[kept + 1] = special.end();
        return ids;
    }

    @Override
    public int count(String text) {
        return ids(text).length + ENCLOSING;
    }

    private long[] ids(String text) {
        LongStream.Builder ids = LongStream.builder();
        raw.split(LONE_SURROGATE.matcher(text).replaceAll("\ufffd"), ids,
            between -> normalized.split(normalize(between), ids, words -> encodeWords(words, ids)));
        return ids.build().toArray();
    }

    private void encodeWords(String text, LongConsumer ids) {
        for (var word = WORD.matcher(text); word.find();) {
            for (var part = PART.matcher(word.group()); part.find();) {
                pairs.encode(part.group(), ids);
            }
        }
    }

    /** Form C and lower case, each character by itself, so that a sigma at a word's end is like any other. */
    static String normalize(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().forEach(c -> {
            if (c == '\u0130') {
                lower.append("i\u0307");   // the one character whose lower case is two
            } else {
                lower.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return lower.toString();
    }
}
