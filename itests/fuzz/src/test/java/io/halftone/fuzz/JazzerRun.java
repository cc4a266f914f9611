package io.halftone.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jazzer, guided by coverage, for a time on each reader or on one: {@code -Pfuzz -Dfuzz.target=HEADER -Dfuzz.seconds=600}. */
@Tag("fuzz")
class JazzerRun {
    @ParameterizedTest
    @EnumSource(Target.class)
    void findsNothing(Target target) throws IOException, InterruptedException {
        String wanted = System.getProperty("fuzz.target", "all").toUpperCase(Locale.ROOT);
        org.junit.jupiter.api.Assumptions.assumeTrue(wanted.equals("ALL") || wanted.equals(target.name()));
        Path work = Files.createDirectories(Path.of("target", "jazzer", target.name()));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m",
            "-cp", System.getProperty("java.class.path"), "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.type.getName(), "--reproducer_path=" + work, "-artifact_prefix=" + work + "/",
            "--instrumentation_includes=io.halftone.**", "-max_total_time=" + System.getProperty("fuzz.seconds"),
            "-max_len=4096", "-timeout=20", "-print_final_stats=1", "-dict=" + Path.of("src/test/resources/json.dict").toAbsolutePath(),
            work.resolve("corpus").toString(), target.corpus().toAbsolutePath().toString()));
        Files.createDirectories(work.resolve("corpus"));
        Path log = work.resolve("log");
        Process jazzer = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int status = jazzer.waitFor();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("Done ")) {
                System.out.println(target + ": " + line);   // the figure that docs/reliability.md keeps
            }
        }
        assertEquals(0, status, log.toString());
    }
}
