package io.halftone.synthesis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.pipeline.Tokenizer;
import io.halftone.tokenizer.clip.internal.ClipTokenizerLoader;
import io.halftone.tokenizer.t5.internal.T5TokenizerLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Made-up vocabularies, read by the tokenizers that run. */
class TokenizerFilesTest {
    private static final String TEXT = "A photo of an astronaut riding a horse on Mars, 4k; caf\u00e9!";

    @TempDir
    Path folder;

    /** A published pipeline with tokenizers, and no weights. */
    private Path folder(String preset) throws IOException {
        Published published = Published.of(preset);
        Path target = folder.resolve("pipeline");
        PipelineSynthesis.write(published.preset().files(), published.config(), Map.of(), target,
            SynthesisOptions.of(DType.FLOAT16, 1), (bytes, all) -> { });
        return target;
    }

    @ParameterizedTest(name = "{1} of {0} pads with {2}")
    @CsvSource({"sdxl-1.0, tokenizer, 49407", "sdxl-turbo, tokenizer_2, 0", "sd2.1, tokenizer, 0", "sd3-medium, tokenizer_2, 0"})
    void hasTheIdsOfClip(String preset, String tokenizer, long pad) throws IOException {
        Tokenizer clip = new ClipTokenizerLoader().load(folder(preset).resolve(tokenizer));
        assertEquals(77, clip.maxLength());
        long[] ids = clip.encode(TEXT, 77);
        int count = clip.count(TEXT);
        assertEquals(49406, ids[0]);
        assertEquals(49407, ids[count - 1]);
        assertEquals(pad, ids[76]);
        assertTrue(Arrays.stream(ids, 1, count - 1).allMatch(id -> id < 49406), Arrays.toString(ids));
        assertTrue(count > 15 && count < 77, "found " + count + " tokens");
    }

    @Test
    void hasAnIdForEveryWordOfOneClipToken() throws IOException {
        Path clip = Files.createDirectories(folder.resolve("clip"));
        new ClipTokenizerFiles(49408).write(clip);
        assertEquals(49408, Files.readString(clip.resolve("vocab.json")).chars().filter(c -> c == ':').count() - 2,
            "two tokens are a colon themselves");
        Tokenizer tokenizer = new ClipTokenizerLoader().load(clip);
        // in the order of the vocabulary: bytes, bytes at a word's end, then runs of two letters
        assertArrayEquals(new long[] {49406, 256, 49407}, tokenizer.encode("!", 3));
        assertArrayEquals(new long[] {49406, 513, 49407}, tokenizer.encode("aa", 3));
    }

    @ParameterizedTest(name = "{1} of {0}")
    @CsvSource({"sd3-medium, tokenizer_3", "flux-dev, tokenizer_2"})
    void hasTheIdsOfT5(String preset, String tokenizer) throws IOException {
        Tokenizer t5 = new T5TokenizerLoader().load(folder(preset).resolve(tokenizer));
        assertEquals(512, t5.maxLength());
        long[] ids = t5.encode(TEXT, 256);
        int count = t5.count(TEXT);
        assertEquals(1, ids[count - 1]);
        assertEquals(0, ids[255]);
        assertTrue(Arrays.stream(ids, 0, count - 1).allMatch(id -> id == 2 || id > 2 && id < 32000), Arrays.toString(ids));
        assertArrayEquals(new long[] {32099, 1}, t5.encode("<extra_id_0>", 2));
        assertTrue(count > 20 && count < 80, "found " + count + " tokens");
    }

    @Test
    void refusesAVocabularyTooSmallForBytes() {
        assertEquals("vocab_size: found 513; expected at least 514 for a byte-level vocabulary",
            assertThrows(IllegalArgumentException.class, () -> new ClipTokenizerFiles(513)).getMessage());
    }

    @Test
    void refusesAT5VocabularyTooSmallForLetters() {
        ModelConfig config = ModelConfig.of("tokenizer_3/tokenizer_config.json", Map.of());
        assertEquals("tokenizer_3/tokenizer_config.json: found 97 tokens; expected 98 to 97, as vocab_size has it",
            assertThrows(IllegalArgumentException.class, () -> T5TokenizerFile.of(config, 97)).getMessage());
    }
}
