package io.halftone.core.internal.task;

import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Places to write to, checked before work begins. Folders that are not there are made when something is written to them. */
final class Outputs {
    private Outputs() {}

    /**
     * A file to be, in a folder that is there or can be made.
     *
     * @param what what messages call it
     * @throws IllegalArgumentException if it is a folder, or its folder cannot be written or made
     */
    static Path file(String what, String path) {
        Path file = Path.of(path).toAbsolutePath().normalize();
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(what + " " + path + ": found a folder; expected the path of a file");
        }
        folder(what, file.getParent());
        return file;
    }

    /** A folder to write to, which is there or can be made. */
    static Path folder(String what, String path) {
        Path folder = Path.of(path).toAbsolutePath().normalize();
        folder(what, folder);
        return folder;
    }

    /** The path with links followed as far as it is there already. */
    static Path real(Path path) throws IOException {
        for (Path there = path; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                return there.toRealPath().resolve(there.relativize(path)).normalize();
            }
        }
        return path;
    }

    private static void folder(String what, Path folder) {
        try {
            // permissions lie to the superuser and on read-only mounts: writing tells
            Staging.in(folder).close();
        } catch (IOException e) {
            IOException cause = e.getCause() instanceof IOException first ? first : e;
            throw new IllegalArgumentException(what + " " + folder + ": found " + reason(folder, cause) + "; expected a writable folder", e);
        }
    }

    private static String reason(Path folder, IOException e) {
        for (Path part = folder; part != null; part = part.getParent()) {
            if (Files.exists(part) && !Files.isDirectory(part)) {
                return "a file in the way";
            }
        }
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        // the message of the others is the path alone
        String reason = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return reason == null ? "no place for a new file" : reason;
    }

    /** The picture's file: with several pictures, the index before the extension. */
    static Path numbered(Path image, int index, int count) {
        if (count == 1) {
            return image;
        }
        String name = image.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return image.resolveSibling(stem + "_" + index + (dot < 0 ? "" : name.substring(dot)));
    }
}
