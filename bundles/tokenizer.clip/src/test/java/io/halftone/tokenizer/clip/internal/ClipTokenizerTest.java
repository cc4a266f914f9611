package io.halftone.tokenizer.clip.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
    private static final long BEGIN = 644;
    private static final long END = 645;

    @TempDir
    Path folder;

    private static Tokenizer tiny() throws IOException {
        return new ClipTokenizerLoader().load(Golden.TINY.resolve("tokenizer"));
    }

    @Test
    void encodesTheGoldenPromptsAsTransformersDid() throws IOException {
        String[] prompts = Golden.prompts();
        long[][] expected = Golden.clipIds();
        assertEquals(2, expected.length);
        for (int i = 0; i < prompts.length; i++) {
            assertArrayEquals(expected[i], tiny().encode(prompts[i], 77), prompts[i]);
        }
    }

    @TestFactory
    List<DynamicTest> encodesAsTransformersDoes() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream json = getClass().getResourceAsStream("/clip-texts.json")) {
            for (JsonNode config : Golden.JSON.readTree(json)) {
                Path place = Files.createDirectory(folder.resolve(config.path("name").textValue()));
                for (String file : List.of("vocab.json", "merges.txt")) {
                    Files.copy(Golden.TINY.resolve("tokenizer").resolve(file), place.resolve(file));
                }
                Files.writeString(place.resolve("tokenizer_config.json"), config.path("config").toString());
                Tokenizer tokenizer = new ClipTokenizerLoader().load(place);
                for (JsonNode text : config.path("texts")) {
                    tests.add(DynamicTest.dynamicTest(config.path("name").textValue() + " " + text.path("text"), () -> {
                        int count = tokenizer.count(text.path("text").textValue());
                        assertArrayEquals(ids(text), tokenizer.encode(text.path("text").textValue(), Math.min(77, count)));
                        assertEquals(ids(text).length, count);
                    }));
                }
                for (JsonNode cut : config.path("cut")) {
                    int length = cut.path("length").intValue();
                    tests.add(DynamicTest.dynamicTest(config.path("name").textValue() + " to " + length, () ->
                        assertArrayEquals(ids(cut), tokenizer.encode(cut.path("text").textValue(), length))));
                }
            }
        }
        assertEquals(3 * (23 + 5), tests.size());
        return tests;
    }

    private static long[] ids(JsonNode text) {
        return Golden.JSON.convertValue(text.path("ids"), long[].class);
    }

    @Test
    void takesALoneSurrogateForTheReplacementCharacter() throws IOException {
        assertArrayEquals(tiny().encode("a\ufffd \ufffdb", 20), tiny().encode("a\ud83d \ude00b", 20));
    }

    @Test
    void encodesAWordOfAHundredThousandLettersInTime() throws IOException {
        Tokenizer tokenizer = tiny();
        // the counts are those of transformers; a quadratic encoder takes minutes
        assertTimeout(Duration.ofSeconds(5), () -> assertEquals(100_002, tokenizer.count("a".repeat(100_000))));
        assertTimeout(Duration.ofSeconds(5), () -> assertEquals(99_999, tokenizer.count("red".repeat(33_333))));
    }

    @Test
    void cutsALongTextBeforeItsEnd() throws IOException {
        long[] ids = tiny().encode("red ".repeat(2_500), 77);
        assertEquals(77, ids.length);
        assertEquals(BEGIN, ids[0]);
        assertEquals(END, ids[76]);
        assertEquals(1, LongStream.of(ids).skip(1).limit(75).distinct().count());
    }

    @Test
    void refusesALengthThatDoesNotHoldTheEnclosingTokens() throws IOException {
        Tokenizer tokenizer = tiny();
        var e = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a", 1));
        assertEquals("length: found 1; expected 2 to 77", e.getMessage());
    }

    @Test
    void refusesALengthBeyondTheModels() throws IOException {
        Tokenizer tokenizer = tiny();
        var e = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a", 78));
        assertEquals("length: found 78; expected 2 to 77", e.getMessage());
    }
}
