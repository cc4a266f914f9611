package io.halftone.itests.hosts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A JDK that hosts are run on.
 *
 * @param version its feature release
 */
record Jdk(int version, Path home) {
    /** The newest release that hosts are promised to run on. */
    static final int NEWEST = 25;

    private static final Path INSTALLED = Path.of("/usr/lib/jvm");

    /** That of this build. */
    static Jdk ofBuild() {
        return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    }

    /** A JDK 25: that of the variable JAVA25_HOME, or one that is installed. */
    static Optional<Jdk> newest() {
        List<Path> homes = new ArrayList<>();
        Optional.ofNullable(System.getenv("JAVA25_HOME")).map(Path::of).ifPresent(homes::add);
        if (Files.isDirectory(INSTALLED)) {
            try (Stream<Path> installed = Files.list(INSTALLED)) {
                installed.sorted().forEach(homes::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return homes.stream().filter(Jdk::isNewest).findFirst().map(home -> new Jdk(NEWEST, home));
    }

    private static boolean isNewest(Path home) {
        try {
            return Files.isExecutable(home.resolve("bin").resolve("java")) && Files.isReadable(home.resolve("release"))
                && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + NEWEST);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What docs/embedding.md says it is to be started with. */
    List<String> flags() {
        return version < 24 ? List.of() : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }
}
