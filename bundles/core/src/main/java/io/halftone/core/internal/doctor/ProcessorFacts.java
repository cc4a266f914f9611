package io.halftone.core.internal.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The processor.
 *
 * @param model as the system calls it; the architecture where it says nothing
 * @param cores that this process may use
 */
public record ProcessorFacts(String model, int cores) {
    private static final String MODEL = "model name";

    /** Reads what Linux says; other systems have no such file. */
    public static ProcessorFacts read(Path cpuInfo) {
        int cores = Runtime.getRuntime().availableProcessors();
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            return new ProcessorFacts(lines.filter(line -> line.startsWith(MODEL) && line.contains(":"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse(System.getProperty("os.arch")), cores);
        } catch (IOException e) {
            return new ProcessorFacts(System.getProperty("os.arch"), cores);
        }
    }

    @Override
    public String toString() {
        return model + ", " + cores + (cores == 1 ? " core" : " cores");
    }
}
