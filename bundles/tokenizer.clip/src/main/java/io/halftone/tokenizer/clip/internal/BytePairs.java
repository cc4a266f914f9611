package io.halftone.tokenizer.clip.internal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/**
 * Byte-pair encoding of one word: its bytes, the last one marked as the word's end, joined pair by pair, the pair of the
 * lowest rank first, the leftmost of those first. Takes n log n for a word of n bytes.
 * Source: Sennrich and others, "Neural Machine Translation of Rare Words with Subword Units", 2016.
 */
final class BytePairs {
    /** What the last symbol of a word ends with. */
    static final String WORD_END = "</w>";
    private static final int NONE = -1;

    /** A pair that is joined: its place in the list of merges, and the id of what it becomes. */
    private record Merge(int rank, int id) {}

    private final Map<Long, Merge> merges = new HashMap<>();
    private final int[] inner = new int[256];
    private final int[] last = new int[256];

    /**
     * Symbols without merges yet.
     *
     * @param vocabulary ids by token
     * @param unknown    the id of a byte that the vocabulary lacks
     */
    BytePairs(Map<String, Integer> vocabulary, int unknown) {
        int next = 256;
        for (int b = 0; b < 256; b++) {
            String symbol = Character.toString(isPrintable(b) ? b : next++);
            inner[b] = vocabulary.getOrDefault(symbol, unknown);
            last[b] = vocabulary.getOrDefault(symbol + WORD_END, unknown);
        }
    }

    /** Adds the next merge in rank. The first of two merges of one pair counts. */
    void add(int left, int right, int joined) {
        merges.putIfAbsent(pair(left, right), new Merge(merges.size(), joined));
    }

    /** Bytes that stand for themselves; the others stand as characters from U+0100, in order. Source: GPT-2's encoder. */
    private static boolean isPrintable(int b) {
        return b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
    }

    /** Hands on the ids of a word, which is not empty. */
    void encode(String word, LongConsumer ids) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        int n = bytes.length;
        int[] symbols = new int[n];
        int[] before = new int[n];
        int[] behind = new int[n];
        for (int i = 0; i < n; i++) {
            int b = bytes[i] & 0xff;
            symbols[i] = i == n - 1 ? last[b] : inner[b];
            before[i] = i - 1;
            behind[i] = i == n - 1 ? NONE : i + 1;
        }
        var queue = new PriorityQueue<Long>();   // rank in the upper half, place in the lower
        for (int i = 0; i < n - 1; i++) {
            offer(queue, symbols, behind, i);
        }
        while (!queue.isEmpty()) {
            long entry = queue.remove();
            int at = (int) entry;
            Merge merge = mergeAt(symbols, behind, at);
            if (merge == null || merge.rank() != (int) (entry >>> 32)) {
                continue;   // a neighbour was joined in the meantime
            }
            int gone = behind[at];
            symbols[at] = merge.id();
            symbols[gone] = NONE;
            behind[at] = behind[gone];
            if (behind[at] != NONE) {
                before[behind[at]] = at;
                offer(queue, symbols, behind, at);
            }
            if (before[at] != NONE) {
                offer(queue, symbols, behind, before[at]);
            }
        }
        for (int i = 0; i != NONE; i = behind[i]) {
            ids.accept(symbols[i]);
        }
    }

    private void offer(PriorityQueue<Long> queue, int[] symbols, int[] behind, int at) {
        Merge merge = mergeAt(symbols, behind, at);
        if (merge != null) {
            queue.add((long) merge.rank() << 32 | at);
        }
    }

    private Merge mergeAt(int[] symbols, int[] behind, int at) {
        return symbols[at] == NONE || behind[at] == NONE ? null : merges.get(pair(symbols[at], symbols[behind[at]]));
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
