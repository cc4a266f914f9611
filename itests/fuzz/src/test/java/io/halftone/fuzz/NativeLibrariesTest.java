package io.halftone.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the readers let pass goes through the native libraries, each in a process of its own: the tokenizers library and ONNX Runtime.
 * The same inputs in each build; more with {@code -Dhalftone.fuzz.natives=100000}.
 */
class NativeLibrariesTest {
    private static final Pattern COUNTED = Pattern.compile("(?m)^\\w+: (\\d+) inputs, (\\d+) taken$");
    /** Address space in KiB: a model that asks for more is to be refused, and not to use up the machine. */
    private static final String MOST_MEMORY = "8388608";
    private static final int INPUTS = Integer.getInteger("halftone.fuzz.natives", 200);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"T5", "ONNX"})
    void doNotEndTheProcess(String library) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        Path input = Files.createDirectory(folder.resolve("input"));
        List<String> command = List.of("sh", "-c", "ulimit -v " + MOST_MEMORY + "; exec \"$@\"", "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:TieredStopAtLevel=1",
            "-XX:ErrorFile=" + folder.resolve("crash"), "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
            "-Dhalftone.fuzz.corpus=" + System.getProperty("halftone.fuzz.corpus"), "-Djava.io.tmpdir=" + folder, "-cp",
            System.getProperty("java.class.path"), NativeRun.class.getName(), library, Integer.toString(INPUTS), input.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(60 + INPUTS / 10, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        if (!ended || process.exitValue() != 0) {
            Path kept = Path.of("target", "native-" + library);
            Files.createDirectories(kept);
            for (String name : List.of("tokenizer.json", "backbone.onnx")) {
                if (Files.exists(input.resolve(name))) {
                    Files.copy(input.resolve(name), kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.copy(log, kept.resolve("log"), StandardCopyOption.REPLACE_EXISTING);
        }
        assertTrue(ended, "found it running; expected it to end");
        assertEquals(0, process.exitValue(), () -> "the input is in target/native-" + library + "\n" + tail(log));
        Matcher counted = COUNTED.matcher(Files.readString(log));
        assertTrue(counted.find(), Files.readString(log));
        System.out.println(counted.group());   // the figures that docs/reliability.md keeps
        assertTrue(Integer.parseInt(counted.group(2)) > INPUTS / 50, "too few to say anything: " + counted.group());
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
