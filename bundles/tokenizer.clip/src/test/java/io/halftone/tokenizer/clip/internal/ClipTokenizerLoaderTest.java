package io.halftone.tokenizer.clip.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerLoaderTest {
    private static final String VOCAB = """
        {"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "!": 5, "<|startoftext|>": 6, "<|endoftext|>": 7}""";

    @TempDir
    Path folder;

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private Tokenizer load() throws IOException {
        return new ClipTokenizerLoader().load(folder);
    }

    /** Two files that load; tests spoil one of them or add others. */
    private void writeVocabulary() throws IOException {
        write("vocab.json", VOCAB);
        write("merges.txt", "#version: 0.2\na b</w>\n");
    }

    private void assertRefused(String message) {
        assertEquals(message, assertThrows(CheckpointException.class, this::load).getMessage());
    }

    @Test
    void needsNoMoreThanVocabularyAndMerges() throws IOException {
        writeVocabulary();
        assertArrayEquals(new long[] {6, 4, 2, 7, 7}, load().encode("ab a", 5));
        assertEquals(77, load().maxLength());
    }

    @Test
    void readsMergesAsTextsFromTokenizerJson() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", \"vocab\": " + VOCAB
            + ", \"merges\": [\"a b</w>\"]}}");
        assertArrayEquals(new long[] {6, 4, 7}, load().encode("ab", 3));
    }

    @Test
    void readsMergesAsPairsFromTokenizerJson() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", \"vocab\": " + VOCAB
            + ", \"merges\": [[\"a\", \"b</w>\"]]}, \"added_tokens\": [{\"id\": 9, \"content\": \"<x>\", \"special\": true}]}");
        assertArrayEquals(new long[] {6, 4, 9, 2, 7}, load().encode("ab<x>a", 5));
    }

    @Test
    void padsWithTheTokenThatTheFolderNames() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"pad_token\": \"!\", \"model_max_length\": 12}");
        assertArrayEquals(new long[] {6, 2, 7, 5, 5}, load().encode("a", 5));
        assertEquals(12, load().maxLength());
    }

    @Test
    void readsSpecialTokensMapOverTheConfiguration() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"pad_token\": \"<|endoftext|>\"}");
        write("special_tokens_map.json", "{\"pad_token\": {\"content\": \"!\", \"normalized\": false}}");
        assertArrayEquals(new long[] {6, 2, 7, 5, 5}, load().encode("a", 5));
    }

    @Test
    void leavesSpecialTokensMapAloneWhereAddedTokensAreListed() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"added_tokens_decoder\": {\"7\": {\"content\": \"<|endoftext|>\", \"special\": true}}}");
        write("special_tokens_map.json", "{\"pad_token\": \"!\"}");
        assertArrayEquals(new long[] {6, 2, 7, 7, 7}, load().encode("a", 5));
    }

    @Test
    void findsTheTokensOfAddedTokensJson() throws IOException {
        writeVocabulary();
        write("added_tokens.json", "{\"<cat>\": 8}");
        assertArrayEquals(new long[] {6, 2, 8, 3, 7}, load().encode("a <CAT>b", 5));
    }

    @Test
    void takesTheUnknownTokenForAByteThatTheVocabularyLacks() throws IOException {
        writeVocabulary();
        assertArrayEquals(new long[] {6, 7, 2, 7}, load().encode("ca", 4));
    }

    @Test
    void takesAnEndlessLengthForClips() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656}");
        assertEquals(77, load().maxLength());
    }

    @Test
    void refusesAFolderWithoutVocabulary() {
        assertRefused(folder + ": found no vocab.json with merges.txt, and no tokenizer.json; expected a CLIP tokenizer");
    }

    @Test
    void refusesAMergeThatMakesNoToken() throws IOException {
        writeVocabulary();
        write("merges.txt", "#version: 0.2\na b</w>\nb a</w>\n");
        assertRefused(folder.resolve("merges.txt") + ": line 3: found b a</w>; expected two tokens of the vocabulary that make a third");
    }

    @Test
    void refusesAMergeOfThreeTokens() throws IOException {
        writeVocabulary();
        write("merges.txt", "a b a</w>\n");
        assertRefused(folder.resolve("merges.txt") + ": line 1: found a b a</w>; expected two tokens with a space between");
    }

    @Test
    void refusesMergesThatAreNoText() throws IOException {
        writeVocabulary();
        Files.write(folder.resolve("merges.txt"), new byte[] {'a', ' ', (byte) 0xff});
        assertRefused(folder.resolve("merges.txt") + ": found bytes that are no text; expected UTF-8");
    }

    @Test
    void refusesAVocabularyWithATokenTwice() throws IOException {
        writeVocabulary();
        write("vocab.json", "{\"a\": 0, \"a\": 1}");
        assertRefused(folder.resolve("vocab.json") + ": found Duplicate field 'a'; expected a JSON object");
    }

    @Test
    void refusesBytesThatAreNoCharacters() throws IOException {
        writeVocabulary();
        Path file = Files.write(folder.resolve("vocab.json"), new byte[] {0, 0, 0, '{', 0x75, (byte) 0xff, 0, 0});
        assertRefused(file + ": found Invalid UTF-32 character 0x75fe0000 (above 0x0010ffff) at char #1, byte #7); expected a JSON object");
    }

    @Test
    void refusesAVocabularyThatIsAList() throws IOException {
        writeVocabulary();
        write("vocab.json", "[1]");
        assertRefused(folder.resolve("vocab.json") + ": found a list; expected a JSON object");
    }

    @Test
    void refusesAnIdThatIsNoWholeNumber() throws IOException {
        writeVocabulary();
        write("vocab.json", "{\"a\": 0.5}");
        assertRefused(folder.resolve("vocab.json") + ": a: found 0.5; expected an id from 0");
    }

    @Test
    void refusesAnotherModelThanBpe() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"Unigram\"}}");
        assertRefused(folder.resolve("tokenizer.json") + ": model.type: found \"Unigram\"; expected BPE");
    }

    @Test
    void refusesASpecialTokenThatTheVocabularyLacks() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"pad_token\": \"<pad>\"}");
        assertRefused(folder.resolve("tokenizer_config.json") + ": pad_token: found <pad>; expected a token of the vocabulary");
    }

    @Test
    void refusesToPadOnTheLeft() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"padding_side\": \"left\"}");
        assertRefused(folder.resolve("tokenizer_config.json") + ": padding_side: found \"left\"; expected right");
    }

    @Test
    void refusesLengthsThatNoTextEncoderHas() throws IOException {
        writeVocabulary();
        for (int length : new int[] {1, 65_537, Integer.MAX_VALUE}) {
            write("tokenizer_config.json", "{\"model_max_length\": " + length + "}");
            assertRefused(folder.resolve("tokenizer_config.json") + ": model_max_length: found " + length + "; expected a whole number from 2 to 65536");
        }
    }

    @Test
    void refusesMoreMergesThanAnyVocabularyHas() throws IOException {
        writeVocabulary();
        try (var merges = new RandomAccessFile(folder.resolve("merges.txt").toFile(), "rw")) {
            merges.setLength((16L << 20) + 1);   // takes no space
        }
        assertRefused(folder.resolve("merges.txt") + ": found 16777217 bytes; expected at most 16777216");
    }

    @Test
    void refusesAnIdOfAnAddedTokenThatIsNoNumber() throws IOException {
        writeVocabulary();
        write("tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {\"content\": \"y\"}}}");
        assertRefused(folder.resolve("tokenizer_config.json") + ": added_tokens_decoder.x: found x; expected an id from 0");
    }
}
