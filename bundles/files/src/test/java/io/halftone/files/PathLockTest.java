package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathLockTest {
    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("lock");
    }

    @Test
    void isOneHolders() throws IOException {
        try (PathLock lock = PathLock.tryAlone(file).orElseThrow()) {
            assertTrue(lock.spansProcesses());
            assertTrue(PathLock.tryAlone(file).isEmpty());
            assertTrue(PathLock.tryShared(file).isEmpty());
        }
        PathLock.tryAlone(file).orElseThrow().close();
    }

    @Test
    void isSharedByMany() throws IOException {
        PathLock one = PathLock.tryShared(file).orElseThrow();
        PathLock other = PathLock.tryShared(file).orElseThrow();
        one.close();
        one.close();
        assertTrue(PathLock.tryAlone(file).isEmpty());
        other.close();
        PathLock.tryAlone(file).orElseThrow().close();
    }

    @Test
    void isSeenByOtherProcessesThoughSomebodyHereAskedInVain() throws Exception {
        try (PathLock lock = PathLock.tryAlone(file).orElseThrow()) {
            assertTrue(PathLock.tryAlone(file).isEmpty());
            assertEquals("taken", elsewhere());
        }
        assertEquals("free", elsewhere());
    }

    @Test
    void isTheSameByEveryPathToTheFile() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        try (PathLock lock = PathLock.tryAlone(file).orElseThrow()) {
            assertTrue(PathLock.tryAlone(link.resolve("lock")).isEmpty());
            assertTrue(lock.spansProcesses());
        }
    }

    @Test
    void opensNoFileThatALinkLeadsTo() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside")).resolve("file");
        Files.createSymbolicLink(file, outside);
        try (PathLock lock = PathLock.tryAlone(file).orElseThrow()) {
            assertFalse(lock.spansProcesses());
        }
        assertFalse(Files.exists(outside));
    }

    private String elsewhere() throws Exception {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-cp",
            System.getProperty("java.class.path"), OtherProcess.class.getName(), "lock", file.toString()).redirectErrorStream(true).start();
        return new String(other.getInputStream().readAllBytes()).strip();
    }
}
