package io.halftone.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Folders that were not there and were made to write into. Closing removes those that are empty still, so that work which ends before it
 * has written anything leaves none. Others may write there meanwhile, and make the same folders. For one thread.
 */
public final class NewFolders implements AutoCloseable {
    private static final int ATTEMPTS = 100;

    /** The outermost first. */
    private final List<Path> made = new ArrayList<>();
    private final Disk disk;
    private boolean kept;

    private NewFolders(Disk disk) {
        this.disk = disk;
    }

    /**
     * Makes a folder with those above it; none where it is there.
     *
     * @throws IOException if it cannot be made, or a file has one of the names
     */
    public static NewFolders make(Path folder) throws IOException {
        return make(folder, Disk.SYSTEM);
    }

    static NewFolders make(Path folder, Disk disk) throws IOException {
        NewFolders folders = new NewFolders(disk);
        try {
            folders.makeAll(folder.toAbsolutePath());
            return folders;
        } catch (IOException e) {
            folders.close();
            throw e;
        }
    }

    private void makeAll(Path folder) throws IOException {
        for (int i = 1; !Files.isDirectory(folder); i++) {
            try {
                makeMissing(folder);
            } catch (NoSuchFileException e) {
                // somebody else removed one above it, made for nothing
                if (i == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private void makeMissing(Path folder) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path part = folder; part != null && !Files.isDirectory(part); part = part.getParent()) {
            missing.add(0, part);
        }
        for (Path part : missing) {
            try {
                disk.createFolder(part);
                made.add(part);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(part)) {
                    throw e;
                }
                // somebody else's
            }
        }
    }

    /** They hold something: none is removed. Waits until their names are on the disk. */
    public void keep() throws IOException {
        kept = true;
        for (Path folder : made) {
            disk.force(folder.getParent());
        }
    }

    /** Removes those that are empty, unless they are to be kept. One that cannot be removed stays: it does no harm. */
    @Override
    public void close() {
        for (int i = made.size() - 1; i >= 0 && !kept; i--) {
            try {
                if (Files.isDirectory(made.get(i), LinkOption.NOFOLLOW_LINKS)) {
                    disk.delete(made.get(i));
                }
            } catch (IOException e) {
                kept = true;       // something is in it, and so in those above it
            }
        }
        made.clear();
    }
}
