package io.halftone.tokenizer.t5.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * A check of sentencepiece's table of characters and what stands for them: a length, that many bytes of a double-array
 * trie, and the texts that it points to, each with a zero behind it. The library follows every link unchecked, and ends
 * the process at one that leads nowhere. Source: sentencepiece, normalizer.cc; darts-clone, darts.h.
 */
final class CharacterMap {
    private static final int UNITS_OF_A_BLOCK = 256;
    private static final int LEAF = 1 << 8;

    private final ByteBuffer units;
    private final byte[] texts;

    private CharacterMap(ByteBuffer units, byte[] texts) {
        this.units = units;
        this.texts = texts;
    }

    /**
     * Follows every link.
     *
     * @throws IllegalArgumentException if one leads nowhere; the message says what was found and what was expected
     */
    static void check(byte[] map) {
        long trie = map.length < Integer.BYTES ? 0 : ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).getInt(0) & 0xffffffffL;
        long block = (long) UNITS_OF_A_BLOCK * Integer.BYTES;
        // whole blocks: a step by any byte from a place inside stays inside
        if (trie <= 0 || trie % block != 0 || trie > map.length - Integer.BYTES) {
            throw new IllegalArgumentException("found a trie of " + trie + " of " + map.length + " bytes; expected a multiple of " + block
                + " inside of them");
        }
        ByteBuffer units = ByteBuffer.wrap(map, Integer.BYTES, (int) trie).slice().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer texts = ByteBuffer.wrap(map).position(Integer.BYTES + (int) trie).slice();
        try {
            StandardCharsets.UTF_8.newDecoder().decode(texts.duplicate());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("found texts that are not UTF-8; expected those that the trie points to", e);
        }
        byte[] bytes = new byte[texts.remaining()];
        texts.get(bytes);
        new CharacterMap(units, bytes).follow();
    }

    private void follow() {
        BitSet seen = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        reach(offset(unit(0)), seen, open);
        while (!open.isEmpty()) {
            int place = open.pop();
            for (int label = 1; label < UNITS_OF_A_BLOCK; label++) {
                int unit = unit(place ^ label);
                if ((unit & (1 << 31 | 0xff)) == label) {
                    int next = place ^ label ^ offset(unit);
                    reach(next, seen, open);
                    if ((unit & LEAF) != 0) {
                        checkText(unit(next) & Integer.MAX_VALUE);
                    }
                }
            }
        }
    }

    private void reach(int place, BitSet seen, Deque<Integer> open) {
        if (place < 0 || place >= units.capacity() / Integer.BYTES) {
            throw new IllegalArgumentException("found a link to unit " + Integer.toUnsignedString(place) + "; expected one of "
                + units.capacity() / Integer.BYTES);
        }
        if (!seen.get(place)) {
            seen.set(place);
            open.push(place);
        }
    }

    private void checkText(int start) {
        boolean begins = start < texts.length && (texts[start] & 0xc0) != 0x80;
        if (!begins) {
            throw new IllegalArgumentException("found a link to byte " + start + " of " + texts.length + "; expected the first of a text");
        }
    }

    private int unit(int place) {
        return units.getInt(place * Integer.BYTES);
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }
}
