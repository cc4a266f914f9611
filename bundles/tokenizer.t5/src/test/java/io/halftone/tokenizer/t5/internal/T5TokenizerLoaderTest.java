package io.halftone.tokenizer.t5.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class T5TokenizerLoaderTest {
    private static final String VOCAB = "[[\"<pad>\", 0], [\"</s>\", 0], [\"<unk>\", 0], [\"\u2581a\", -1], [\"b\", -2], [\"\u2581\", -3]]";
    private static final String MODEL = "\"model\": {\"type\": \"Unigram\", \"unk_id\": 2, \"vocab\": " + VOCAB + "}";
    private static final String METASPACE =
        "\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"prepend_scheme\": \"always\", \"split\": true}";

    @TempDir
    Path folder;

    @BeforeEach
    void writeATokenizerThatLoads() throws IOException {
        write("tokenizer.json", "{" + METASPACE + ", " + MODEL + "}");
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private Tokenizer load() throws IOException {
        return new T5TokenizerLoader().load(folder);
    }

    private void assertRefused(String file, String message) {
        assertEquals(folder.resolve(file) + ": " + message, assertThrows(CheckpointException.class, this::load).getMessage());
    }

    @Test
    void needsNoMoreThanTokenizerJson() throws IOException {
        assertArrayEquals(new long[] {3, 4, 5, 2, 1, 0}, load().encode("ab c", 6));
        assertEquals(512, load().maxLength());
    }

    @Test
    void prefersTokenizerJsonToPieces() throws IOException {
        Files.copy(T5TokenizerTest.RESOURCES.resolve("pieces/spiece.model"), folder.resolve("spiece.model"));
        assertArrayEquals(new long[] {3, 1}, load().encode("a", 2));
    }

    @Test
    void takesTheTokensThatTheFolderNames() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": \"b\", \"pad_token\": {\"content\": \"<unk>\"}, \"model_max_length\": 12}");
        assertArrayEquals(new long[] {3, 4, 2}, load().encode("a", 3));
        assertEquals(12, load().maxLength());
    }

    @Test
    void readsSpecialTokensMapOverTheConfiguration() throws IOException {
        write("tokenizer_config.json", "{\"pad_token\": \"<pad>\"}");
        write("special_tokens_map.json", "{\"pad_token\": \"b\"}");
        assertArrayEquals(new long[] {3, 1, 4}, load().encode("a", 3));
    }

    @Test
    void leavesSpecialTokensMapAloneWhereAddedTokensAreListed() throws IOException {
        write("tokenizer_config.json", "{\"pad_token\": \"<pad>\", \"added_tokens_decoder\": {}}");
        write("special_tokens_map.json", "{\"pad_token\": \"b\"}");
        assertArrayEquals(new long[] {3, 1, 0}, load().encode("a", 3));
    }

    @Test
    void takesAnEndlessLengthForT5s() throws IOException {
        write("tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656}");
        assertEquals(512, load().maxLength());
    }

    @Test
    void takesNoHeedOfCuttingAndPaddingInTheFile() throws IOException {
        write("tokenizer.json", "{\"truncation\": {\"direction\": \"Right\", \"max_length\": 1, \"strategy\": \"LongestFirst\", \"stride\": 0}, "
            + "\"padding\": {\"strategy\": {\"Fixed\": 8}, \"direction\": \"Left\", \"pad_to_multiple_of\": null, \"pad_id\": 4, "
            + "\"pad_type_id\": 0, \"pad_token\": \"b\"}, " + METASPACE + ", " + MODEL + "}");
        assertArrayEquals(new long[] {3, 4, 4, 1}, load().encode("abb", 4));
    }

    @Test
    void findsAnEndThatIsAnAddedToken() throws IOException {
        write("tokenizer.json", "{\"added_tokens\": [{\"id\": 6, \"content\": \"<end>\", \"single_word\": false, \"lstrip\": false, "
            + "\"rstrip\": false, \"normalized\": false, \"special\": true}], " + METASPACE + ", " + MODEL + "}");
        write("tokenizer_config.json", "{\"eos_token\": \"<end>\"}");
        assertArrayEquals(new long[] {3, 6}, load().encode("a", 2));
    }

    @Test
    void refusesAFolderWithoutATokenizer() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        assertEquals(folder + ": found no tokenizer.json and no spiece.model; expected a T5 tokenizer",
            assertThrows(CheckpointException.class, this::load).getMessage());
    }

    @Test
    void refusesAFileThatEndsTooSoon() throws IOException {
        write("tokenizer.json", "{\"model\": ");
        var refused = assertThrows(CheckpointException.class, this::load).getMessage();
        assertTrue(refused.startsWith(folder.resolve("tokenizer.json") + ": found Unexpected end-of-input"), refused);
    }

    @Test
    void refusesBytesThatAreNoCharacters() throws IOException {
        Files.write(folder.resolve("tokenizer.json"), new byte[] {0, 0, 0, '{', 0x75, (byte) 0xff, 0, 0});
        assertTrue(assertThrows(CheckpointException.class, () -> Definition.read(folder.resolve("tokenizer.json"))).getMessage().endsWith(
            ": found Invalid UTF-32 character 0x75fe0000 (above 0x0010ffff) at char #1, byte #7); expected a JSON object"));
    }

    @Test
    void refusesAnotherModelThanUnigram() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"BPE\"}}");
        assertRefused("tokenizer.json", "model.type: found \"BPE\"; expected Unigram");
    }

    @Test
    void refusesAFileWithoutModel() throws IOException {
        write("tokenizer.json", "{}");
        assertRefused("tokenizer.json", "model.type: found nothing; expected Unigram");
    }

    @Test
    void refusesAnEmptyVocabulary() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": []}}");
        assertRefused("tokenizer.json", "model.vocab: found a list; expected a list of pieces");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"b\"]", "[\"\", 0]", "[1, 0]", "[\"b\", \"0\"]"})
    void refusesAPieceThatIsNoTextWithAScore(String piece) throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"a\", 0], " + piece + "]}}");
        assertRefused("tokenizer.json", "model.vocab[1]: found a list; expected a text and its score");
    }

    @Test
    void refusesAnUnknownTokenBeyondTheVocabulary() throws IOException {
        write("tokenizer.json", "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 6, \"vocab\": " + VOCAB + "}}");
        assertRefused("tokenizer.json", "model.unk_id: found 6; expected an id from 0 to 5");
    }

    @Test
    void refusesAnAddedTokenWithoutId() throws IOException {
        write("tokenizer.json", "{\"added_tokens\": [{\"content\": \"x\"}], " + MODEL + "}");
        assertRefused("tokenizer.json", "added_tokens: found an object; expected objects with id and content");
    }

    @Test
    void refusesACharacterMapThatIsNoBase64() throws IOException {
        write("tokenizer.json", "{\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"?\"}, " + MODEL + "}");
        assertRefused("tokenizer.json", "precompiled_charsmap: found a text; expected bytes in base 64");
    }

    @Test
    void refusesACharacterMapThatIsNoText() throws IOException {
        write("tokenizer.json", "{\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": null}, " + MODEL + "}");
        assertRefused("tokenizer.json", "precompiled_charsmap: found null; expected bytes in base 64");
    }

    @Test
    void refusesADamagedCharacterMapDeepInTheFile() throws IOException {
        write("tokenizer.json", "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Precompiled\", "
            + "\"precompiled_charsmap\": \"AAAAAEEA\"}]}, " + MODEL + "}");
        assertRefused("tokenizer.json", "precompiled_charsmap: found a trie of 0 of 6 bytes; expected a multiple of 1024 inside of them");
    }

    @Test
    void refusesWhatTheLibraryDoesNotKnow() throws IOException {
        write("tokenizer.json", "{\"normalizer\": {\"type\": \"Strip\"}, " + MODEL + "}");
        var refused = assertThrows(CheckpointException.class, this::load).getMessage();
        assertTrue(refused.startsWith(folder.resolve("tokenizer.json") + ": found "), refused);
        assertTrue(refused.endsWith("; expected what the tokenizers library reads"), refused);
    }

    @Test
    void refusesAFileThatEnclosesTexts() throws IOException {
        write("tokenizer.json", "{\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"b\", "
            + "\"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}], "
            + "\"pair\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"B\", \"type_id\": 0}}], "
            + "\"special_tokens\": {\"b\": {\"id\": \"b\", \"ids\": [4], \"tokens\": [\"b\"]}, "
            + "\"</s>\": {\"id\": \"</s>\", \"ids\": [1], \"tokens\": [\"</s>\"]}}}, " + MODEL + "}");
        assertRefused("tokenizer.json", "post_processor: found [4, 1] around a text; expected [1]");
    }

    /** The library ends the process over a pattern that matches nothing, and takes as long as a regular expression does. */
    @Test
    void refusesPatternsThatNoT5Has() throws IOException {
        for (String pattern : List.of("{\"Regex\":\"\"}", "{\"Regex\":\"(a*)*b\"}", "{\"String\":\"\"}", "{\"String\":\"a\",\"Regex\":\"\"}")) {
            write("tokenizer.json", "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Replace\", \"pattern\": " + pattern
                + ", \"content\": \"x\"}]}, " + MODEL + "}");
            assertRefused("tokenizer.json", "normalizer.normalizers.pattern: found " + pattern + "; expected a String, or the Regex \" {2,}\"");
        }
    }

    @Test
    void refusesStepsThatNoT5Has() throws IOException {
        write("tokenizer.json", "{\"normalizer\": {\"type\": \"Nothing\"}, " + MODEL + "}");
        assertRefused("tokenizer.json", "normalizer.type: found \"Nothing\"; expected one of [Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Replace, "
            + "Sequence, Strip, StripAccents]");
        write("tokenizer.json", "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"pattern\": {\"Regex\": \".\"}}]}, " + MODEL + "}");
        assertRefused("tokenizer.json", "pre_tokenizer.pretokenizers.type: found nothing; expected one of [Metaspace, Sequence, Whitespace, WhitespaceSplit]");
    }

    /** The library ends the process over one. */
    @Test
    void refusesATemplateWhoseTokensAreNowhere() throws IOException {
        write("tokenizer.json", "{\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, "
            + "{\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}}], \"pair\": [], \"special_tokens\": {}}, " + MODEL + "}");
        assertRefused("tokenizer.json", "post_processor.single: found \"</s>\"; expected a token of special_tokens with ids");
    }

    @Test
    void refusesAnotherProcessorThanATemplate() throws IOException {
        write("tokenizer.json", "{\"post_processor\": {\"type\": \"ByteLevel\"}, " + MODEL + "}");
        assertRefused("tokenizer.json", "post_processor.type: found \"ByteLevel\"; expected TemplateProcessing");
    }

    @Test
    void refusesASpecialTokenThatTheVocabularyLacks() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": \"<end>\"}");
        assertRefused("tokenizer_config.json", "eos_token: found <end>; expected a token of " + folder.resolve("tokenizer.json"));
    }

    @Test
    void refusesASpecialTokenThatIsNoText() throws IOException {
        write("special_tokens_map.json", "{\"pad_token\": 0}");
        assertRefused("special_tokens_map.json", "pad_token: found 0; expected a token");
    }

    @Test
    void refusesToPadOnTheLeft() throws IOException {
        write("tokenizer_config.json", "{\"padding_side\": \"left\"}");
        assertRefused("tokenizer_config.json", "padding_side: found \"left\"; expected right");
    }

    @Test
    void refusesLengthsThatNoTextEncoderHas() throws IOException {
        for (int length : new int[] {0, 65_537, Integer.MAX_VALUE}) {
            write("tokenizer_config.json", "{\"model_max_length\": " + length + "}");
            assertRefused("tokenizer_config.json", "model_max_length: found " + length + "; expected a whole number from 1 to 65536");
        }
    }

    @Test
    void refusesMoreExtraTokensThanThereCouldBe() throws IOException {
        write("tokenizer_config.json", "{\"extra_ids\": 100001}");
        assertRefused("tokenizer_config.json", "extra_ids: found 100001; expected a whole number from 0 to 100000");
    }
}
