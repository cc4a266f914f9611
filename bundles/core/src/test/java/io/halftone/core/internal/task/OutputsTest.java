package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"out/a.png, 0, 1, out/a.png", "out/a.png, 0, 2, out/a_0.png", "out/a.png, 11, 12, out/a_11.png", "a.b.png, 1, 2, a.b_1.png",
        "picture, 1, 2, picture_1", "out.d/picture, 1, 2, out.d/picture_1"})
    void numbersStandBeforeTheExtension(String image, int index, int count, String expected) {
        assertEquals(Path.of(expected), Outputs.numbered(Path.of(image), index, count));
    }

    @Test
    void leavesNothingOfWhatItTried() throws IOException {
        Path target = folder.resolve("a/b/picture.png");
        assertEquals(target, Outputs.file("save-image-as", folder.resolve("a/./b/../b/picture.png").toString()));
        assertFalse(Files.exists(target));
        assertEquals(folder.resolve("c/d"), Outputs.folder("out", folder.resolve("c/d").toString()));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void aFileThatIsThereMayBeReplaced() throws IOException {
        Path there = Files.writeString(folder.resolve("picture.png"), "before");
        assertEquals(there, Outputs.file("save-image-as", there.toString()));
        assertEquals("before", Files.readString(there));
    }

    @Test
    void aRelativePathIsOfTheWorkingDirectory() {
        Path file = Outputs.file("dump", "target/dump.safetensors");
        assertTrue(file.isAbsolute());
        assertEquals(Path.of("target/dump.safetensors").toAbsolutePath(), file);
    }

    @Test
    void refusesAFolderInPlaceOfAFile() {
        assertEquals("dump " + folder + ": found a folder; expected the path of a file", refusal(() -> Outputs.file("dump", folder.toString())));
    }

    @Test
    void refusesAFileInTheWay() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "");
        assertEquals("out " + file + ": found a file in the way; expected a writable folder", refusal(() -> Outputs.folder("out", file.toString())));
        assertEquals("out " + file + "/deeper: found a file in the way; expected a writable folder",
            refusal(() -> Outputs.folder("out", file + "/deeper")));
        assertEquals("dump " + file + ": found a file in the way; expected a writable folder", refusal(() -> Outputs.file("dump", file + "/a.png")));
    }

    private static String refusal(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
