package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system of 256 KiB, where one can be mounted: by root, in a container that may. */
class FullFileSystemTest {
    private static final int BYTES = 256 << 10;

    @TempDir
    private Path temporary;
    private Path small;

    @BeforeEach
    void mount() throws Exception {
        small = Files.createDirectory(temporary.resolve("small"));
        boolean mounted = ran("mount", "-t", "tmpfs", "-o", "size=" + BYTES, "tmpfs", small.toString());
        assumeTrue(mounted, "skipped: found no right to mount a small file system; expected root");
    }

    @AfterEach
    void unmount() throws Exception {
        ran("umount", small.toString());
    }

    private static boolean ran(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(small)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void leavesWhatThereWasWhereTheDiskIsFull() throws IOException {
        Path file = small.resolve("model");
        Staging.write(file, "old".getBytes());
        IOException e = assertThrows(IOException.class, () -> Staging.write(file, new byte[BYTES]));
        assertEquals(file + ": found No space left on device; expected a file that can be written", e.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), names());
    }

    @Test
    void leavesAllFilesOfASetWhereTheLastDoesNotFit() throws IOException {
        Staging.write(small.resolve("data"), "old".getBytes());
        try (Staging staging = Staging.in(small)) {
            staging.write("data", ByteBuffer.allocate(BYTES / 2));
            IOException e = assertThrows(IOException.class, () -> staging.write("model", ByteBuffer.allocate(BYTES)));
            assertEquals(small.resolve("model") + ": found No space left on device; expected a file that can be written",
                e.getMessage());
        }
        assertEquals("old", Files.readString(small.resolve("data")));
        assertEquals(List.of("data"), names());
    }

    @Test
    void saysThatAFileSystemIsReadOnly() throws Exception {
        assumeTrue(ran("mount", "-o", "remount,ro", small.toString()), "skipped: found no right to mount read-only; expected root");
        IOException e = assertThrows(IOException.class, () -> Staging.write(small.resolve("model"), new byte[1]));
        assertEquals(small.resolve("model") + ": found Read-only file system; expected a writable folder", e.getMessage());
    }
}
