package io.halftone.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

    @TempDir
    private Path runs;

    @Test
    void eachLaunchHasItsOwn() throws IOException {
        try (RunFolder one = RunFolder.in(runs); RunFolder other = RunFolder.in(runs)) {
            assertNotEquals(one.path(), other.path());
            assertTrue(Files.isDirectory(one.temporary()));
            assertTrue(Files.isDirectory(other.logs()));
        }
    }

    @Test
    void onlyTheLogStays() throws IOException {
        Path path;
        try (RunFolder run = RunFolder.in(runs)) {
            path = run.path();
            Files.createDirectories(path.resolve("cache").resolve("bundle1"));
            Files.writeString(path.resolve("cache").resolve("bundle1").resolve("bundle.info"), "1");
            Files.writeString(run.logs().resolve("karaf.log"), "INFO");
        }
        assertEquals(List.of("lock", "log"), children(path));
        assertEquals("INFO", Files.readString(path.resolve("log").resolve("karaf.log")));
    }

    @Test
    void sweepsWhatADeadLaunchLeft() throws IOException {
        Path dead = dead("20200101-000000-1");
        Files.createDirectories(dead.resolve("cache"));
        try (RunFolder run = RunFolder.in(runs)) {
            run.sweep();
        }
        assertEquals(List.of("lock", "log"), children(dead));
    }

    @Test
    void leavesALaunchThatLives() throws IOException {
        try (RunFolder living = RunFolder.in(runs); RunFolder run = RunFolder.in(runs)) {
            Files.createDirectory(living.path().resolve("cache"));
            Files.setLastModifiedTime(living.path().resolve("lock"), LONG_AGO);
            run.sweep();
            assertEquals(List.of("cache", "lock", "log", "tmp"), children(living.path()));
        }
    }

    @Test
    void leavesALaunchThatHasNotLockedItsFolderYet() throws IOException {
        Path beginning = Files.createDirectory(runs.resolve("20200101-000000-1"));
        try (RunFolder run = RunFolder.in(runs)) {
            run.sweep();
            Files.createFile(beginning.resolve("lock"));
            run.sweep();
        }
        assertEquals(List.of("lock"), children(beginning));
    }

    @Test
    void keepsTheNewestLogs() throws IOException {
        for (int i = 0; i < RunFolder.LOGS_KEPT + 5; i++) {
            dead("20200101-0000%02d-1".formatted(i));
        }
        try (RunFolder run = RunFolder.in(runs)) {
            run.sweep();
            List<String> left = children(runs);
            assertEquals(RunFolder.LOGS_KEPT, left.size());
            assertTrue(left.contains(run.path().getFileName().toString()));
            assertFalse(left.contains("20200101-000005-1"), left::toString);
            assertTrue(left.contains("20200101-000006-1"), left::toString);
        }
    }

    @Test
    void refusesAPlaceThatIsAFile() throws IOException {
        Path file = Files.createFile(runs.resolve("file"));
        assertThrows(IOException.class, () -> RunFolder.in(file.resolve("runs")));
    }

    private Path dead(String name) throws IOException {
        Path folder = Files.createDirectory(runs.resolve(name));
        Files.createDirectory(folder.resolve("log"));
        Files.setLastModifiedTime(Files.createFile(folder.resolve("lock")), LONG_AGO);
        return folder;
    }

    private static List<String> children(Path folder) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
