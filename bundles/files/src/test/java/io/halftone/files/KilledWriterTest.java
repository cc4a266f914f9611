package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWriterTest {
    @TempDir
    private Path folder;

    @Test
    void leavesWholeSetsAndNoStrays() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 3; i++) {
            Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), OtherProcess.class.getName(), "write", folder.toString()).redirectErrorStream(true).start();
            try (BufferedReader out = new BufferedReader(new InputStreamReader(writer.getInputStream()))) {
                assertEquals("writing", out.readLine());
                Thread.sleep(20 + random.nextInt(60));
                writer.destroyForcibly().waitFor();
            }
            Staging.settle(folder);
            try (Stream<Path> left = Files.list(folder)) {
                assertEquals(List.of("data", "model"), left.map(path -> path.getFileName().toString()).sorted().toList());
            }
            assertEquals(-1, Files.mismatch(folder.resolve("data"), folder.resolve("model")));
        }
    }
}
