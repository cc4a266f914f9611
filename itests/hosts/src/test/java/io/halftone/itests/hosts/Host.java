package io.halftone.itests.hosts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A host as a process; its streams go to files. */
final class Host {
    static final Path BUNDLES = folder("halftone.bundles");
    static final Path PIPELINE = folder("halftone.pipeline");
    static final Path SCRATCH = folder("halftone.scratch");

    private static final long LIMIT_SECONDS = 120;

    private final Process process;
    private final Path out;
    private final Path err;

    private Host(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    private static Path folder(String property) {
        return Path.of(System.getProperty(property)).toAbsolutePath().normalize();
    }

    /** Starts one of the examples, over the bundles that the build has listed. */
    static Host example(Jdk jdk, String folder, String main, String... arguments) throws IOException {
        Path target = folder("halftone.examples").resolve(folder).resolve("target");
        return start(jdk, target.resolve("classes") + File.pathSeparator + target.resolve("lib") + File.separator + "*", main, arguments);
    }

    /** Starts a program of these tests. */
    static Host ofTests(Jdk jdk, String main, String... arguments) throws IOException {
        return start(jdk, System.getProperty("java.class.path"), main, arguments);
    }

    private static Host start(Jdk jdk, String classPath, String main, String... arguments) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(SCRATCH), "host");
        // short lives: the optimizing compiler would not pay
        List<String> command = new ArrayList<>(List.of(jdk.home().resolve("bin").resolve("java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + folder, "-Dorg.bytedeco.javacpp.cachedir=" + folder("halftone.natives"),
            "-Dorg.bytedeco.javacpp.platform.extension="));
        command.addAll(jdk.flags());
        command.addAll(List.of("-cp", classPath, main, BUNDLES.toString(), PIPELINE.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return new Host(builder.start(), out, err);
    }

    /** Waits until it ends, with the given exit status. */
    void endsWith(int status) throws IOException, InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("found it running after " + LIMIT_SECONDS + " s, having said: " + out() + err());
        }
        assertEquals(status, process.exitValue(), () -> {
            try {
                return out() + err();
            } catch (IOException e) {
                return e.toString();
            }
        });
    }

    /** Waits until it has said that on standard error. */
    void awaitWord(String word) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!err().contains(word) && process.isAlive() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
    }

    /** As Ctrl-C does. */
    void interrupt() {
        process.destroy();
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String err() throws IOException {
        return Files.readString(err);
    }
}
