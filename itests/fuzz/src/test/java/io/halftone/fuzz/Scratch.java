package io.halftone.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files for readers that take no bytes; in memory where the system has such a folder. */
public final class Scratch {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final int MOST_DATA = 4096;

    private Scratch() {
    }

    /** A place of its own for this process. */
    public static Path file(String name) {
        try {
            Path folder = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "fuzz") : Files.createTempDirectory("fuzz");
            folder.toFile().deleteOnExit();
            Path file = folder.resolve(name);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file that is there for every input. */
    public static Path beside(Path file, String name, byte[] data) {
        Path other = file.resolveSibling(name);
        try {
            Files.createDirectories(other.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path path = file.getParent();
        for (Path part : path.relativize(other)) {
            path = path.resolve(part);
            path.toFile().deleteOnExit();   // what is in a folder goes before it
        }
        write(other, data);
        return other;
    }

    /** Writes an input as it is. */
    public static void write(Path file, byte[] data) {
        try {
            Files.write(file, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a safetensors file: two bytes say how much data there is, of all values in turn; the rest is the header. */
    public static void safetensors(Path file, byte[] input) {
        int text = Math.max(0, input.length - 2);
        int bytes = input.length < 2 ? 0 : ((input[0] & 0xff) << 8 | input[1] & 0xff) % MOST_DATA;
        ByteBuffer whole = ByteBuffer.allocate(Long.BYTES + text + bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(text);
        whole.put(input, input.length - text, text);
        for (int i = 0; whole.hasRemaining(); i++) {
            whole.put((byte) (i * 37));
        }
        write(file, whole.array());
    }
}
