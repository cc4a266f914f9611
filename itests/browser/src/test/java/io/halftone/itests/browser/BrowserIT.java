package io.halftone.itests.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;

/** The web console and the report of an evaluation in headless Chromium, over the assembled distribution. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserIT {
    private static final Path HOME = Path.of(System.getProperty("halftone.distribution")).toAbsolutePath().normalize();
    private static final Path SCRATCH = Path.of(System.getProperty("halftone.scratch")).toAbsolutePath();
    private static final Path NATIVES = Path.of(System.getProperty("halftone.natives")).toAbsolutePath().normalize();
    private static final Pattern RESULT = Pattern.compile("^(not ok|ok) \\d+ - (.*?)( # SKIP.*)?$", Pattern.MULTILINE);
    private static final Path SCREENSHOTS = SCRATCH.resolveSibling("screenshots");
    private static final Path COMMAND = SCREENSHOTS.resolve("command.txt");
    private static final Path CHECKPOINT = SCREENSHOTS.resolve("checkpoint.txt");
    private static final int LIMIT_SECONDS = 600;

    private static Tools tools;
    private static Console console;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        tools = Tools.find(Files.createDirectories(SCRATCH.resolve("scripts")));
        console = Console.start(HOME, Files.createTempDirectory(SCRATCH, "base"), NATIVES);
    }

    @AfterAll
    static void stop() {
        if (console != null) {
            console.close();
        }
    }

    @Order(1)
    @TestFactory
    List<DynamicTest> theWebConsole() throws IOException, InterruptedException {
        Files.createDirectories(SCREENSHOTS);
        Files.deleteIfExists(COMMAND);
        Files.deleteIfExists(CHECKPOINT);
        return tests("console.test.mjs");
    }

    @Order(3)
    @TestFactory
    List<DynamicTest> whatKeepsItsPagesApart() throws IOException, InterruptedException {
        return tests("guards.test.mjs");
    }

    private static List<DynamicTest> tests(String script) throws IOException, InterruptedException {
        String said = tools.run(script, Map.of("CHROMIUM", tools.chromium().toString(), "HALFTONE_URL", console.address(),
            "HALFTONE_RUNS", console.runs().toString(),
            "DEPLOY", console.deploy().toString(), "PLUGIN", PolicyJar.write(SCRATCH.resolve("convolutions.jar")).toString(),
            "OUT", SCREENSHOTS.toString()), LIMIT_SECONDS);
        List<DynamicTest> tests = new ArrayList<>();
        Matcher result = RESULT.matcher(said);
        while (result.find()) {
            boolean passed = result.group(1).equals("ok");
            tests.add(dynamicTest(result.group(2), () -> {
                if (!passed) {
                    fail(said);
                }
            }));
        }
        assertFalse(tests.isEmpty(), said);
        return tests;
    }

    @Order(2)
    @Test
    void theShellGivesTheBytesThatTheBrowserGave() throws IOException, InterruptedException {
        String command = Files.readString(COMMAND);
        Path made = Path.of(Files.readString(CHECKPOINT));
        Path folder = Files.createTempDirectory(SCRATCH, "shell");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command.replaceFirst("^halftone ", HOME.resolve("bin/halftone") + " "))
            .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(folder.resolve("shell.log").toFile());
        builder.environment().put("HALFTONE_DATA", NATIVES.getParent().toString());
        builder.environment().put("HALFTONE_JAVA_OPTS", Console.SHORT_LIFE);
        Process shell = builder.start();
        assertTrue(shell.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), command);
        assertEquals(0, shell.exitValue(), Files.readString(folder.resolve("shell.log")));
        assertEquals(-1, Files.mismatch(made, folder.resolve(made.getFileName())), command);
    }
}
