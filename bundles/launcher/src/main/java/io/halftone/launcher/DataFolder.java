package io.halftone.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where launches keep what they write: the folder that {@code HALFTONE_DATA} names, or {@code data} in the distribution, or, where
 * that cannot be written, a folder in the user's cache.
 */
final class DataFolder {
    private final Path home;

    DataFolder(Path home) {
        this.home = home;
    }

    /**
     * A new run's folder; sets the system properties that depend on where it is.
     *
     * @throws IOException if none of the places can be written
     */
    RunFolder run() throws IOException {
        String chosen = System.getenv("HALFTONE_DATA");
        List<Path> places = chosen == null || chosen.isEmpty() ? List.of(home.resolve("data"), userCache()) : List.of(Path.of(chosen));
        var refused = new IOException("data folder: found none of " + places + " writable; expected one, which HALFTONE_DATA can name");
        for (Path place : places) {
            try {
                return run(place);
            } catch (IOException e) {
                refused.addSuppressed(e);
            }
        }
        throw refused;
    }

    private static RunFolder run(Path data) throws IOException {
        Path absolute = data.toAbsolutePath().normalize();
        RunFolder run = RunFolder.in(absolute.resolve("runs"));
        // natives are unpacked once and shared by all launches; JavaCPP takes a lock
        System.setProperty("org.bytedeco.javacpp.cachedir", absolute.resolve("native").toString());
        return run;
    }

    private static Path userCache() {
        String cache = System.getenv("XDG_CACHE_HOME");
        String user = System.getenv("HOME");   // the JVM's user.home does not follow it
        Path caches = cache != null && !cache.isEmpty() ? Path.of(cache)
            : Path.of(user != null && !user.isEmpty() ? user : System.getProperty("user.home")).resolve(".cache");
        String version = Main.class.getPackage().getImplementationVersion();
        return caches.resolve("halftone").resolve(version == null ? "unversioned" : version);
    }
}
