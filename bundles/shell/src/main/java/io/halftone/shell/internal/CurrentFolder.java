package io.halftone.shell.internal;

import java.nio.file.Path;
import org.apache.karaf.shell.api.console.Session;

/** Where relative paths of a session begin. */
final class CurrentFolder {
    private CurrentFolder() {}

    /** The session's current folder; that in which the user called the console, as long as the session has not gone anywhere. */
    static Path of(Session session) {
        // Karaf's script goes to a folder of its own, and ours says where it was called
        String called = System.getenv("HALFTONE_DIRECTORY");
        Path current = session.currentDir();
        boolean moved = !current.equals(Path.of(System.getProperty("user.dir")).toAbsolutePath().normalize());
        return moved || called == null || called.isBlank() ? current : Path.of(called);
    }
}
