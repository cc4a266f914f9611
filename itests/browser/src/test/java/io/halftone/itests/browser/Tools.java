package io.halftone.itests.browser;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of the machine that these tests need: Chromium, Node.js and npm. Where one is missing, the tests are skipped with a
 * word on how to install it.
 *
 * @param chromium the browser
 * @param node     Node.js
 * @param scripts  a folder with the scripts and what they import
 */
record Tools(Path chromium, Path node, Path scripts) {
    private static final int LEAST_NODE = 20;
    private static final int FETCH_SECONDS = 120;
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");

    /** Finds them, and fetches the libraries of the scripts, as their lock file has them, into the given folder. */
    static Tools find(Path scripts) throws IOException, InterruptedException {
        Path chromium = named("HALFTONE_CHROMIUM").or(() -> BROWSERS.stream().flatMap(name -> onPath(name).stream()).findFirst())
            .orElseGet(() -> skip("Chromium on the PATH", "apt-get install chromium, or its path in HALFTONE_CHROMIUM"));
        Path node = onPath("node").orElseGet(() -> skip("Node.js on the PATH", "apt-get install nodejs npm, version 20 or later"));
        Path npm = onPath("npm").orElseGet(() -> skip("npm on the PATH", "apt-get install npm"));
        Matcher version = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL).matcher(run(List.of(node.toString(), "--version"), scripts, Map.of(), 20).words());
        if (!version.matches() || Integer.parseInt(version.group(1)) < LEAST_NODE) {
            skip("Node.js 20 or later", "a newer one");
        }
        fetch(npm, scripts);
        return new Tools(chromium, node, scripts);
    }

    private static void fetch(Path npm, Path scripts) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(Path.of("src/test/browser"))) {
            for (Path file : files.toList()) {
                Files.copy(file, scripts.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        // nothing outside of this build is written, and no script of a package is run
        Said npmSaid = run(List.of(npm.toString(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--cache",
            scripts.resolveSibling("npm").toString()), scripts, Map.of(), FETCH_SECONDS);
        if (npmSaid.status() != 0) {
            if (System.getProperty("halftone.maven").equals("offline true")) {
                skip("playwright-core and axe-core in " + scripts.resolveSibling("npm"), "one build that is not offline");
            }
            throw new IllegalStateException("npm ci: found status " + npmSaid.status() + "; expected 0; it said: " + npmSaid.words());
        }
    }

    /** Runs a script of tests, and gives what it said, as TAP. */
    String run(String script, Map<String, String> environment, int seconds) throws IOException, InterruptedException {
        Said said = run(List.of(node.toString(), "--test-reporter=tap", script), scripts, environment, seconds);
        if (said.status() != 0 && !said.words().contains("\nnot ok ")) {
            throw new IllegalStateException(script + ": found status " + said.status() + "; expected 0, or a test that failed; it said: " + said.words());
        }
        return said.words();
    }

    /** What a program said on both streams. */
    private record Said(int status, String words) {}

    private static Said run(List<String> command, Path folder, Map<String, String> environment, int seconds)
        throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "said", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(file.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String words = Files.readString(file);
        return ended ? new Said(process.exitValue(), words) : new Said(-1, words + "\nfound it running after " + seconds + " s");
    }

    private static Optional<Path> named(String variable) {
        return Optional.ofNullable(System.getenv(variable)).map(Path::of).filter(Files::isExecutable);
    }

    private static Optional<Path> onPath(String name) {
        List<Path> found = new ArrayList<>();
        for (String folder : Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")) {
            Path file = Path.of(folder, name);
            if (!folder.isEmpty() && Files.isExecutable(file)) {
                found.add(file);
            }
        }
        return found.stream().findFirst();
    }

    private static Path skip(String what, String remedy) {
        String message = "browser tests: found no " + what + "; expected it; to run them: " + remedy;
        System.out.println("SKIPPED " + message);
        return abort(message);
    }
}
