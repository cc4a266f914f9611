package io.halftone.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;

/**
 * What a writer has in the outputs' folder.
 *
 * @param real   the outputs' folder, no link
 * @param id     of the writer
 * @param lock   says that the writer lives
 * @param home   its hidden folder
 * @param folder those that were made for it
 */
record Place(Path real, String id, PathLock lock, Home home, NewFolders folder) {
    private static final int ATTEMPTS = 100;

    /**
     * Takes one, once the folder holds nothing that dead writers left. The writer is among the living then.
     *
     * @param folder the outputs'; made if it is not there
     * @param where  what messages call it
     */
    static Place take(Path folder, Path where, Disk disk) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            NewFolders made = folders(folder, where, disk);
            Optional<Place> place = Optional.empty();
            try {
                Path real = folder.toRealPath();
                Strays.settle(real, disk);
                place = take(real, where, made, disk);
            } catch (NoSuchFileException e) {
                continue;          // somebody else removed the folder, made for nothing
            } finally {
                if (place.isEmpty()) {
                    made.close();
                }
            }
            if (place.isPresent()) {
                return place.get();
            }
        }
        throw new IOException(where + ": found no place for a new file; expected a writable folder");
    }

    private static NewFolders folders(Path folder, Path where, Disk disk) throws IOException {
        try {
            return NewFolders.make(folder, disk);
        } catch (IOException e) {
            throw wrong(where, e);
        }
    }

    private static IOException wrong(Path where, IOException e) {
        return new IOException(where + ": found " + Reason.of(e) + "; expected a writable folder", e);
    }

    /** Empty if somebody took the hidden folder for a stray before it was locked. */
    private static Optional<Place> take(Path real, Path where, NewFolders folder, Disk disk) throws IOException {
        String id = UUID.randomUUID().toString();
        Strays.LIVING.add(id);
        Optional<Place> place = Optional.empty();
        try {
            place = make(real, id, folder, disk);
            return place;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw wrong(where, e);
        } finally {
            if (place.isEmpty()) {
                Strays.LIVING.remove(id);
            }
        }
    }

    private static Optional<Place> make(Path real, String id, NewFolders folder, Disk disk) throws IOException {
        Home home = Home.of(real, id);
        disk.createFolder(home.path());
        Optional<PathLock> lock = lock(home, id);
        if (lock.isEmpty()) {
            return Optional.empty();
        }
        boolean made = false;
        try {
            if (Files.getFileStore(home.path()).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(home.path(), PosixFilePermissions.fromString("rwx------"));
            }
            disk.createFolder(home.files());
            made = true;
            return Optional.of(new Place(real, id, lock.get(), home, folder));
        } catch (IOException e) {
            home.delete(disk);
            throw e;
        } finally {
            if (!made) {
                lock.get().close();
            }
        }
    }

    private static Optional<PathLock> lock(Home home, String id) throws IOException {
        try {
            Optional<PathLock> lock = PathLock.tryAlone(home.lock(id));
            if (lock.isPresent() && !Files.exists(home.lock(id))) {
                lock.get().close();
                return Optional.empty();
            }
            return lock;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
