package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.CalibrationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationPromptsTest {
    @TempDir
    Path pipeline;

    @Test
    void prefersThePromptsThatAreGivenThenTheFileThenTheFoldersThenTheBuiltIn() throws IOException {
        Path file = Files.writeString(pipeline.resolve("mine.txt"), "from file\n");
        Path own = Files.writeString(pipeline.resolve("calibration_prompts.txt"), "from folder\n");
        assertEquals(List.of("given"), prompts(1, file.toString(), "given"));
        assertEquals(List.of("from file"), prompts(1, file.toString()));
        assertEquals(List.of("from folder"), prompts(1, ""));
        Files.delete(own);
        assertEquals(List.of("a fox asleep in tall grass, digital illustration, flat colours"), prompts(1, ""));
    }

    @Test
    void takesTheFirstOnesInOrder() throws IOException {
        assertEquals(List.of("a", "b"), prompts(2, "", "a", "b", "c"));
    }

    @Test
    void theBuiltInListHas128DistinctPrompts() throws IOException {
        List<String> prompts = prompts(128, "");
        assertEquals(128, new HashSet<>(prompts).size());
        for (String prompt : prompts) {
            assertEquals(prompt.strip(), prompt);
            assertFalse(prompt.isEmpty());
        }
        var e = assertThrows(IllegalArgumentException.class, () -> prompts(129, ""));
        assertEquals("built-in prompts: found 128 prompts; expected at least calib-size, 129", e.getMessage());
    }

    @Test
    void skipsBlankLinesAndSpacesAround() throws IOException {
        Path file = Files.writeString(pipeline.resolve("mine.txt"), "\n  a cat \r\n\t\n \nein Hündchen\n\n");
        assertEquals(List.of("a cat", "ein Hündchen"), prompts(2, file.toString()));
        var e = assertThrows(IllegalArgumentException.class, () -> prompts(3, file.toString()));
        assertEquals(file + ": found 2 prompts; expected at least calib-size, 3", e.getMessage());
    }

    @Test
    void aByteOrderMarkIsNoPartOfAPrompt() throws IOException {
        Path file = Files.writeString(pipeline.resolve("mine.txt"), "\uFEFFa cat\na dog\n");
        assertEquals(List.of("a cat", "a dog"), prompts(2, file.toString()));
    }

    @Test
    void refusesTooFew() throws IOException {
        Path own = Files.writeString(pipeline.resolve("calibration_prompts.txt"), "a\n");
        assertEquals(own + ": found 1 prompts; expected at least calib-size, 2",
            assertThrows(IllegalArgumentException.class, () -> prompts(2, "")).getMessage());
        assertEquals("prompts: found 2 prompts; expected at least calib-size, 3",
            assertThrows(IllegalArgumentException.class, () -> prompts(3, "", "a", "b")).getMessage());
    }

    @Test
    void refusesBytesThatAreNoUtf8() throws IOException {
        Path file = Files.write(pipeline.resolve("latin1.txt"), new byte[] {'a', '\n', (byte) 0xfc, 'b', '\n'});
        var e = assertThrows(IllegalArgumentException.class, () -> prompts(1, file.toString()));
        assertEquals(file + ": found bytes that are no UTF-8; expected one prompt a line", e.getMessage());
    }

    @Test
    void aMissingFileIsReportedAndNotReplaced() throws IOException {
        Files.writeString(pipeline.resolve("calibration_prompts.txt"), "a\n");
        String missing = pipeline.resolve("missing.txt").toString();
        assertEquals(missing + ": found no file; expected a file of one prompt a line",
            assertThrows(IllegalArgumentException.class, () -> prompts(1, missing)).getMessage());
    }

    private List<String> prompts(int size, String file, String... given) throws IOException {
        return CalibrationPrompts.of(new CalibrationSettings(List.of(given), file, size, 2, 20, 5, 0, 0, 1), pipeline);
    }
}
