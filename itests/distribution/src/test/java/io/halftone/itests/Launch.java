package io.halftone.itests;

import static org.junit.Assert.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running {@code bin/halftone}; its streams go to files. */
final class Launch {
    private static final long LIMIT_SECONDS = 240;
    /** Short lives: the optimizing compiler would not pay. */
    private static final String COMPILER = "-XX:TieredStopAtLevel=1";

    private final Process process;
    private final Path out;
    private final Path err;

    private Launch(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts the command of a distribution with the given variables on top of the environment, in the form {@code NAME=value}. */
    static Launch of(Path home, List<String> environment, String... arguments) throws IOException {
        return of(home, "halftone", environment, arguments);
    }

    /** Starts any of its scripts so. */
    static Launch of(Path home, String script, List<String> environment, String... arguments) throws IOException {
        // a shell starts what runs in its background deaf to Ctrl-C, and children stay so
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT", home.resolve("bin").resolve(script).toString()));
        command.addAll(List.of(arguments));
        Path folder = Files.createDirectories(Path.of("target", "launches"));
        Path out = Files.createTempFile(folder, "launch", ".out");
        Path err = Files.createTempFile(folder, "launch", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("HALFTONE_DATA", Path.of(System.getProperty("halftone.scratch"), "data").toString());
        builder.environment().put("HALFTONE_JAVA_OPTS", COMPILER);
        builder.environment().put("EXTRA_JAVA_OPTS", COMPILER);   // what Karaf's own scripts take
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return new Launch(builder.start(), out, err);
    }

    /** Waits until it ends, with the given exit status. */
    void endsWith(int status) throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("found it running after " + LIMIT_SECONDS + " s, having said: " + err());
        }
        assertEquals(err(), status, process.exitValue());
    }

    /** Waits until it has said something on standard error. */
    void awaitWord() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (err().isEmpty() && process.isAlive() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
    }

    /** As Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    /** As {@code kill -9} does; waits for its end. */
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }
}
