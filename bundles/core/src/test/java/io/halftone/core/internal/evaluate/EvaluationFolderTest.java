package io.halftone.core.internal.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationFolderTest {
    @TempDir
    private Path folder;

    private String refusal(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("x.json"), content);
        String message = assertThrows(IOException.class, () -> EvaluationFolder.read(file)).getMessage();
        assertEquals(file + ": ", message.substring(0, file.toString().length() + 2));
        return message.substring(file.toString().length() + 2);
    }

    @Test
    void refusesWhatIsNoJson() throws IOException {
        assertEquals("found bytes that are no UTF-8; expected JSON", refusal(new byte[] {'{', '"', (byte) 0xff, '"', '}'}));
        String message = refusal("{\"a\": ".getBytes());
        assertEquals("found Unexpected end-of-input", message.substring(0, 29));
    }

    @Test
    void refusesMoreThanAnEvaluationWrites() throws IOException {
        Path file = folder.resolve("large.json");
        try (var large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(1L << 40);   // takes no space
        }
        assertEquals(file + ": found more than 67108864 bytes; expected at most as many",
            assertThrows(IOException.class, () -> EvaluationFolder.read(file)).getMessage());
    }
}
