package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders for outputs are made when they are written to, and stay where something is in them. */
class NewFoldersTest {
    @TempDir
    private Path temporary;

    private List<String> left() throws IOException {
        try (Stream<Path> paths = Files.walk(temporary)) {
            return paths.skip(1).map(path -> temporary.relativize(path).toString()).sorted().toList();
        }
    }

    @Test
    void aWriterThatPublishesNothingLeavesNoFolder() throws IOException {
        try (Staging staging = Staging.in(temporary.resolve("a/b"))) {
            Files.writeString(staging.file("model"), "half");
        }
        assertEquals(List.of(), left());
    }

    @Test
    void aWriterThatPublishesMakesTheFoldersOfItsFiles() throws IOException {
        Staging.write(temporary.resolve("a/b/model"), new byte[1]);
        assertEquals(List.of("a", "a/b", "a/b/model"), left());
    }

    @Test
    void aFolderThatWasThereStays() throws IOException {
        Files.createDirectory(temporary.resolve("a"));
        Staging.in(temporary.resolve("a/b")).close();
        Staging.in(temporary.resolve("a")).close();
        assertEquals(List.of("a"), left());
    }

    @Test
    void aFolderThatSomethingCameToStays() throws IOException {
        try (NewFolders folders = NewFolders.make(temporary.resolve("a/b/c"))) {
            Files.createFile(temporary.resolve("a/file"));
        }
        assertEquals(List.of("a", "a/file"), left());
    }

    @Test
    void foldersThatAreKeptStayEmptyToo() throws IOException {
        try (NewFolders folders = NewFolders.make(temporary.resolve("a/b"))) {
            folders.keep();
        }
        assertEquals(List.of("a", "a/b"), left());
    }

    @Test
    void aDiskFullAtAnyOperationLeavesNoEmptyFolder() throws IOException {
        int failed = 0;
        for (int at = 0; at < 30; at++) {
            Path file = temporary.resolve("a/b/model");
            try {
                Staging.write(file, ByteBuffer.wrap(new byte[9]), FaultyDisk.fullAt(at));
            } catch (IOException e) {
                failed++;
                assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
            }
            Staging.settle(file.getParent(), FaultyDisk.sound());   // where what failed was to remove
            if (Files.exists(file)) {
                assertEquals(List.of("a", "a/b", "a/b/model"), left(), "full at operation " + at);
                Files.delete(file);
                Files.delete(file.getParent());
                Files.delete(temporary.resolve("a"));
            } else {
                assertFalse(left().contains("a/b"), "full at operation " + at + ": " + left());
                Files.deleteIfExists(temporary.resolve("a"));
            }
        }
        assertTrue(failed > 8 && failed < 30, failed + " failures");
    }

    @Test
    void refusesAFileInTheWay() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        assertThrows(FileAlreadyExistsException.class, () -> NewFolders.make(file.resolve("a/b")));
        IOException above = assertThrows(IOException.class, () -> Staging.write(file.resolve("a/model"), new byte[1]));
        assertEquals(file.resolve("a/model") + ": found a file in the way; expected a writable folder", above.getMessage());
        IOException beside = assertThrows(IOException.class, () -> Staging.write(file.resolve("model"), new byte[1]));
        assertEquals(file.resolve("model") + ": found no folder " + file + "; expected a writable folder", beside.getMessage());
        IOException in = assertThrows(IOException.class, () -> Staging.in(file));
        assertEquals(file + ": found no folder; expected a writable folder", in.getMessage());
        assertEquals(List.of("file"), left());
    }

    /** Each removes the folders that it made, while others are about to write there. */
    @Test
    void writersThatGiveUpDoNotHinderThoseThatWrite() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> writers = Stream.of("a", "b", "c", "d").map(who -> new Thread(() -> {
            for (int i = 0; i < 60; i++) {
                try (Staging staging = Staging.in(temporary.resolve("out/" + i / 2), FaultyDisk.sound())) {
                    if (who.equals("a") && i % 2 == 1) {
                        staging.write("model", ByteBuffer.wrap(new byte[1]));
                        staging.publish(List.of("model"));
                    }
                } catch (IOException e) {
                    failures.add(e);
                }
            }
        })).toList();
        writers.forEach(Thread::start);
        for (Thread writer : writers) {
            writer.join();
        }
        assertEquals(List.of(), failures);
        assertEquals(1 + 30 + 30, left().size());
    }
}
