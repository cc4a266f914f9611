package io.halftone.tokenizer.t5.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CharacterMapTest {
    private static final int TRIE = 1024;
    private static final int LEAF = 1 << 8;

    /** From "a" to the text at byte 3, and from "b" to no text but a further link. */
    private static byte[] map() {
        ByteBuffer map = ByteBuffer.allocate(4 + TRIE + 5).order(ByteOrder.LITTLE_ENDIAN);
        map.putInt(0, TRIE);
        unit(map, 0, offset(2));
        unit(map, 2 ^ 'a', offset(8) | LEAF | 'a');
        unit(map, 2 ^ 'a' ^ 8, 3);
        unit(map, 2 ^ 'b', offset(16) | 'b');
        map.put(4 + TRIE, new byte[] {'x', 'y', 0, (byte) 0xc3, (byte) 0xa9});
        return map.array();
    }

    private static int offset(int places) {
        return places << 10;
    }

    private static void unit(ByteBuffer map, int place, int unit) {
        map.putInt(4 + 4 * place, unit);
    }

    private static void assertRefused(String message, byte[] map) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> CharacterMap.check(map)).getMessage());
    }

    private static void assertRefused(String message, int place, int unit) {
        byte[] map = map();
        unit(ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN), place, unit);
        assertRefused(message, map);
    }

    @Test
    void takesAMapWhoseLinksLeadSomewhere() {
        CharacterMap.check(map());
    }

    @Test
    void takesTheMapThatSentencepieceMade() throws IOException {
        CharacterMap.check(new ObjectMapper().readTree(T5TokenizerTest.RESOURCES.resolve("pieces/tokenizer.json").toFile())
            .findValue("precompiled_charsmap").binaryValue());
    }

    @Test
    void takesAMapThatGoesRound() {
        byte[] map = map();
        // from b back to where it came from
        unit(ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN), 2 ^ 'b', offset('b') | 'b');
        CharacterMap.check(map);
    }

    @Test
    void refusesFewerBytesThanALength() {
        assertRefused("found a trie of 0 of 3 bytes; expected a multiple of 1024 inside of them", new byte[3]);
    }

    @Test
    void refusesATrieThatIsCut() {
        assertRefused("found a trie of 1024 of 1027 bytes; expected a multiple of 1024 inside of them", Arrays.copyOf(map(), TRIE + 3));
    }

    @Test
    void refusesATrieThatIsNotOfWholeBlocks() {
        byte[] map = map();
        map[0] = 4;
        assertRefused("found a trie of 1028 of 1033 bytes; expected a multiple of 1024 inside of them", map);
    }

    @Test
    void refusesALinkBeyondTheTrie() {
        assertRefused("found a link to unit " + (2 ^ 'a' ^ 256) + "; expected one of 256", 2 ^ 'a', offset(256) | LEAF | 'a');
    }

    @Test
    void refusesAFarLinkBeyondTheTrie() {
        // with bit 9 the distance is in blocks
        assertRefused("found a link to unit " + (2 ^ 'b' ^ 256) + "; expected one of 256", 2 ^ 'b', offset(1) | 1 << 9 | 'b');
    }

    @Test
    void refusesARootBeyondTheTrie() {
        assertRefused("found a link to unit 256; expected one of 256", 0, offset(256));
    }

    @Test
    void refusesATextBeyondTheLast() {
        assertRefused("found a link to byte 5 of 5; expected the first of a text", 2 ^ 'a' ^ 8, 5);
    }

    @Test
    void refusesATextFromTheMiddleOfACharacter() {
        assertRefused("found a link to byte 4 of 5; expected the first of a text", 2 ^ 'a' ^ 8, 4);
    }

    @Test
    void refusesTextsThatAreNotUtf8() {
        byte[] map = map();
        map[4 + TRIE] = (byte) 0xff;
        assertRefused("found texts that are not UTF-8; expected those that the trie points to", map);
    }
}
