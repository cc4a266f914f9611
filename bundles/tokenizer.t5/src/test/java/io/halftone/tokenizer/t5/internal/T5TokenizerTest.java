package io.halftone.tokenizer.t5.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Golden values are those of src/test/resources, made by the script there. */
class T5TokenizerTest {
    static final Path RESOURCES = Path.of("src/test/resources");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Tokenizer load(String source) throws IOException {
        Files.copy(RESOURCES.resolve(source), folder.resolve(Path.of(source).getFileName()));
        return new T5TokenizerLoader().load(folder);
    }

    private Tokenizer loadPieces() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 3}");
        return load("pieces/spiece.model");
    }

    private static long[] ids(JsonNode text) {
        return JSON.convertValue(text.path("ids"), long[].class);
    }

    @Test
    void encodesTheGoldenPromptsAsPipelinesDid() throws IOException {
        Tokenizer tokenizer = load("golden/tokenizer.json");
        for (JsonNode text : JSON.readTree(RESOURCES.resolve("golden/t5-ids.json").toFile())) {
            int length = text.path("length").intValue();
            // the pad's id is 0
            assertArrayEquals(Arrays.copyOf(ids(text), length), tokenizer.encode(text.path("text").textValue(), length));
        }
    }

    @TestFactory
    List<DynamicTest> encodesPiecesAsTransformersConvertsThem() throws IOException {
        return encodesAsTransformers(loadPieces());
    }

    @TestFactory
    List<DynamicTest> encodesTransformersConversionAsItDoes() throws IOException {
        return encodesAsTransformers(load("pieces/tokenizer.json"));
    }

    private static List<DynamicTest> encodesAsTransformers(Tokenizer tokenizer) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode text : JSON.readTree(RESOURCES.resolve("pieces/t5-texts.json").toFile())) {
            tests.add(DynamicTest.dynamicTest(text.path("text").toString(), () -> {
                int count = tokenizer.count(text.path("text").textValue());
                assertArrayEquals(ids(text), tokenizer.encode(text.path("text").textValue(), count));
                assertEquals(ids(text).length, count);
            }));
        }
        assertEquals(37, tests.size());
        return tests;
    }

    @Test
    void cutsALongTextBeforeItsEnd() throws IOException {
        assertArrayEquals(new long[] {3, 8, 1}, load("golden/tokenizer.json").encode("a large red circle", 3));
    }

    @Test
    void leavesOnlyTheEndInALengthOfOne() throws IOException {
        assertArrayEquals(new long[] {1}, load("golden/tokenizer.json").encode("a large red circle", 1));
    }

    @Test
    void padsAnEmptyText() throws IOException {
        assertArrayEquals(new long[] {1, 0, 0}, load("golden/tokenizer.json").encode("", 3));
    }

    @Test
    void leavesATextOfJustTheLengthWhole() throws IOException {
        assertArrayEquals(new long[] {3, 8, 11, 25, 1}, load("golden/tokenizer.json").encode("a large red circle", 5));
    }

    @Test
    void countsWhatALengthWouldCut() throws IOException {
        assertEquals(2_501, load("golden/tokenizer.json").count("red ".repeat(2_500).strip()));
    }

    @Test
    void takesALoneSurrogateForTheReplacementCharacter() throws IOException {
        Tokenizer tokenizer = loadPieces();
        assertArrayEquals(tokenizer.encode("a\ufffd \ufffdb", 20), tokenizer.encode("a\ud83d \ude00b", 20));
    }

    @Test
    void encodesAWordOfAHundredThousandLettersInTime() throws IOException {
        Tokenizer tokenizer = load("golden/tokenizer.json");
        assertTimeout(Duration.ofSeconds(5), () -> assertEquals(100_001, tokenizer.count("a".repeat(100_000))));
    }

    @Test
    void servesSeveralThreads() throws IOException, InterruptedException, ExecutionException {
        Tokenizer tokenizer = loadPieces();
        List<long[]> alone = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            alone.add(tokenizer.encode(text(i), 40));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<long[]>> together = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                int n = i % 200;
                together.add(threads.submit(() -> tokenizer.encode(text(n), 40)));
            }
            for (int i = 0; i < 2_000; i++) {
                assertArrayEquals(alone.get(i % 200), together.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String text(int n) {
        return "a large red circle ".repeat(n % 5) + n;
    }

    @Test
    void refusesALengthOfNone() throws IOException {
        Tokenizer tokenizer = load("golden/tokenizer.json");
        var refused = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a", 0));
        assertEquals("length: found 0; expected 1 to 512", refused.getMessage());
    }

    @Test
    void refusesALengthBeyondTheModels() throws IOException {
        Tokenizer tokenizer = load("golden/tokenizer.json");
        var refused = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a", 513));
        assertEquals("length: found 513; expected 1 to 512", refused.getMessage());
    }
}
