package io.halftone.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The machine's disk, of which one operation fails: as a full disk does, or as the last thing that a process does. It waits for nothing
 * to be on it, for no test cuts its power.
 */
final class FaultyDisk implements Disk {
    /** A process that was killed. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final int at;
    private final boolean kills;
    private int done;

    private FaultyDisk(int at, boolean kills) {
        this.at = at;
        this.kills = kills;
    }

    static FaultyDisk sound() {
        return new FaultyDisk(Integer.MAX_VALUE, false);
    }

    static FaultyDisk fullAt(int operation) {
        return new FaultyDisk(operation, false);
    }

    static FaultyDisk killedAt(int operation) {
        return new FaultyDisk(operation, true);
    }

    /** Whether the operation that fails was come to. */
    boolean hasFailed() {
        return done > at;
    }

    private void count(Path path) throws IOException {
        int now = done++;
        if (kills && now >= at) {
            throw new Killed();
        }
        if (now == at) {
            throw new FileSystemException(path.toString(), null, "No space left on device");
        }
    }

    @Override
    public void createFolder(Path folder) throws IOException {
        count(folder);
        SYSTEM.createFolder(folder);
    }

    @Override
    public void write(Path file, ByteBuffer content) throws IOException {
        int half = content.remaining() / 2;
        try {
            count(file);
        } catch (IOException | Killed e) {
            content.limit(content.position() + half);
            put(file, content);
            throw e;
        }
        put(file, content);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        count(to);
        SYSTEM.move(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        count(path);
        SYSTEM.delete(path);
    }

    @Override
    public void force(Path path) throws IOException {
        count(path);
    }

    private static void put(Path file, ByteBuffer content) throws IOException {
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        Files.write(file, bytes, StandardOpenOption.CREATE_NEW);
    }
}
