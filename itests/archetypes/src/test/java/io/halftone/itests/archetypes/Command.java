package io.halftone.itests.archetypes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs; its streams go to one file each. */
record Command(Process process, Path out, Path err) {
    private static final long LIMIT_SECONDS = 240;

    static Command start(Path folder, Map<String, String> environment, List<String> line) throws IOException {
        Path logs = Files.createDirectories(Path.of("target", "logs"));
        Path out = Files.createTempFile(logs, "command", ".out");
        Path err = Files.createTempFile(logs, "command", ".err");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new Command(builder.start(), out, err);
    }

    /** What it said on standard output, once it has ended well. */
    String succeeds() throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("found it running after " + LIMIT_SECONDS + " s, having said: " + Files.readString(out) + Files.readString(err));
        }
        String said = Files.readString(out);
        assertEquals(0, process.exitValue(), () -> said + read(err));
        return said;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
