package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackLockTest {
    @TempDir
    Path folder;

    @Test
    void isHeldUntilItIsClosed() throws Exception {
        Path file = folder.resolve("halftone.lock");
        try (UnpackLock lock = new UnpackLock(folder); FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertThrows(OverlappingFileLockException.class, other::tryLock);
        }
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            assertTrue(other.tryLock().isValid());
        }
    }

    @Test
    void goesOnWhereThereCanBeNone() throws Exception {
        Path missing = folder.resolve("missing");
        new UnpackLock(missing).close();
        assertFalse(Files.exists(missing));
    }
}
