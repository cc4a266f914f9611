package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextLinesTest {
    @TempDir
    Path folder;

    @Test
    void takesEveryLineThatHoldsSomething() throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "\uFEFF a fox \r\n\n \t\n\u00e9\nlast");
        assertEquals(List.of("a fox", "\u00e9", "last"), TextLines.read(file, "prompt"));
    }

    @Test
    void refusesWhatIsNoTextFile() throws IOException {
        Path bytes = Files.write(folder.resolve("b.txt"), new byte[] {'a', (byte) 0xff, '\n'});
        assertEquals(folder + ": found a folder; expected a file of one prompt a line", refusal(folder));
        assertEquals(folder.resolve("none") + ": found no file; expected a file of one prompt a line", refusal(folder.resolve("none")));
        assertEquals(bytes + ": found bytes that are no UTF-8; expected one prompt a line", refusal(bytes));
    }

    @Test
    void refusesAFileOfMoreThanAnybodyWrites() throws IOException {
        Path large = folder.resolve("large.txt");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((64L << 20) + 1);   // takes no space
        }
        assertEquals(large + ": found 67108865 bytes; expected at most 67108864", refusal(large));
    }

    @Test
    void refusesADeviceThatHasNoEnd() {
        Path device = Path.of("/dev/zero");
        Assumptions.assumeTrue(Files.exists(device), "the test of a device is skipped: there is no " + device);
        assertEquals(device + ": found more bytes than it tells; expected at most 67108864", refusal(device));
    }

    private static String refusal(Path file) {
        return assertThrows(IllegalArgumentException.class, () -> TextLines.read(file, "prompt")).getMessage();
    }
}
