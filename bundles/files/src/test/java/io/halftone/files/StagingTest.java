package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
    private static final Map<String, String> OLD = Map.of("model", "old model", "data", "old data", "shard", "old shard");
    private static final Map<String, String> NEW = Map.of("model", "new model", "data", "new data", "more", "new");
    /** More operations than a publication takes. */
    private static final int MANY = 80;

    @TempDir
    private Path temporary;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("out"));
    }

    private void fill() throws IOException {
        for (var file : OLD.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private void empty() throws IOException {
        for (Path path : list(folder)) {
            Files.delete(path);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }

    private Map<String, String> content() throws IOException {
        Map<String, String> content = new TreeMap<>();
        for (Path path : list(folder)) {
            content.put(path.getFileName().toString(), Files.isDirectory(path) ? "a folder" : Files.readString(path));
        }
        return content;
    }

    private static void write(Staging staging) throws IOException {
        for (var file : NEW.entrySet()) {
            staging.write(file.getKey(), ByteBuffer.wrap(file.getValue().getBytes()));
        }
        staging.publish(List.of("more", "data", "model"), List.of("shard"));
    }

    @Test
    void givesFilesTheirNamesTogether() throws IOException {
        fill();
        try (Staging staging = Staging.in(folder)) {
            write(staging);
        }
        assertEquals(new TreeMap<>(NEW), content());
    }

    @Test
    void removesWhatWasNotPublished() throws IOException {
        fill();
        try (Staging staging = Staging.in(folder)) {
            Files.writeString(staging.file("model"), "half");
            Files.createDirectories(staging.file("deep").resolve("er"));
        }
        assertEquals(new TreeMap<>(OLD), content());
    }

    @Test
    void aWriterKilledAtAnyOperationLeavesTheOldFilesOrTheNew() throws IOException {
        int killed = 0, old = 0;
        for (int at = 0; at < MANY; at++) {
            empty();
            fill();
            FaultyDisk disk = FaultyDisk.killedAt(at);
            Staging staging = null;
            try {
                staging = Staging.in(folder, disk);
                write(staging);
                staging.close();
            } catch (FaultyDisk.Killed e) {
                killed++;
            }
            readNoMix();
            if (staging != null) {
                staging.abandon();
            } else {
                Strays.LIVING.clear();
            }
            Staging.settle(folder, FaultyDisk.sound());
            Map<String, String> found = content();
            assertTrue(found.equals(new TreeMap<>(OLD)) || found.equals(new TreeMap<>(NEW)), "killed at operation " + at + ": " + found);
            old += found.equals(new TreeMap<>(OLD)) ? 1 : 0;
        }
        assertTrue(killed > 20 && killed < MANY && old > 5 && old < killed, killed + " kills, " + old + " of them before the files were whole");
    }

    /** What a reader finds who does not wait: with the model its own data. */
    private void readNoMix() throws IOException {
        if (Files.exists(folder.resolve("model"))) {
            String age = Files.readString(folder.resolve("model")).substring(0, 3);
            assertEquals(age, Files.readString(folder.resolve("data")).substring(0, 3));
        }
    }

    @Test
    void whoIsKilledWhileItFinishesTheWorkOfOthersHarmsNothing() throws IOException {
        for (int first = 0; first < MANY; first++) {
            for (int second = 0; second < MANY; second += 3) {
                empty();
                fill();
                die(FaultyDisk.killedAt(first));
                FaultyDisk disk = FaultyDisk.killedAt(second);
                try {
                    Staging.settle(folder, disk);
                } catch (FaultyDisk.Killed e) {
                    assertTrue(disk.hasFailed());
                }
                Staging.settle(folder, FaultyDisk.sound());
                Map<String, String> found = content();
                assertTrue(found.equals(new TreeMap<>(OLD)) || found.equals(new TreeMap<>(NEW)), first + ", " + second + ": " + found);
                if (!disk.hasFailed()) {
                    break;
                }
            }
        }
    }

    private void die(Disk disk) throws IOException {
        Staging staging = null;
        try {
            staging = Staging.in(folder, disk);
            write(staging);
            staging.close();
        } catch (FaultyDisk.Killed e) {
            assertTrue(((FaultyDisk) disk).hasFailed());
        }
        if (staging == null) {
            Strays.LIVING.clear();
        } else {
            staging.abandon();
        }
    }

    /** However a writer ends, a statement tells of the file beside it, or is not there. */
    @Test
    void whatTellsOfAFileGoesWithItAtOnce() throws IOException {
        Map<String, String> told = Map.of("model", "old", "model.provenance.json", "tells of old", "model.intoto.jsonl", "signed", "shard", "old",
            "shard.provenance.json", "tells of old", "other.provenance.json", "another's");
        Map<String, String> after = Map.of("model", "new", "other.provenance.json", "another's");
        int old = 0, killed = 0;
        for (int at = 0; at < MANY; at++) {
            empty();
            for (var file : told.entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
            Staging staging = null;
            try {
                staging = Staging.in(folder, FaultyDisk.killedAt(at));
                staging.write("model", ByteBuffer.wrap("new".getBytes()));
                staging.publish(List.of("model"), List.of("shard"));
                staging.close();
            } catch (FaultyDisk.Killed e) {
                killed++;
            }
            // before anything is settled: no old statement beside a new file
            if (Files.exists(folder.resolve("model.provenance.json")) && Files.exists(folder.resolve("model"))) {
                assertEquals("old", Files.readString(folder.resolve("model")), "killed at operation " + at);
            }
            if (staging != null) {
                staging.abandon();
            } else {
                Strays.LIVING.clear();
            }
            Staging.settle(folder, FaultyDisk.sound());
            Map<String, String> found = content();
            assertTrue(found.equals(new TreeMap<>(told)) || found.equals(new TreeMap<>(after)), "killed at operation " + at + ": " + found);
            old += found.equals(new TreeMap<>(told)) ? 1 : 0;
        }
        assertTrue(killed > 15 && old > 5 && old < killed, killed + " kills, " + old + " of them before the file was whole");
    }

    @Test
    void aFileAloneTakesItsStatementAlongToo() throws IOException {
        Files.writeString(folder.resolve("a.provenance.json"), "tells of the one before");
        Files.writeString(folder.resolve("b.provenance.json"), "of another");
        Staging.write(folder.resolve("a"), new byte[] {1});
        assertEquals(List.of("a", "b.provenance.json"), List.copyOf(content().keySet()));
    }

    @Test
    void aDiskFullAtAnyOperationLeavesTheOldFilesAndSaysSo() throws IOException {
        int failed = 0;
        for (int at = 0; at < MANY; at++) {
            empty();
            fill();
            FaultyDisk disk = FaultyDisk.fullAt(at);
            try (Staging staging = Staging.in(folder, disk)) {
                write(staging);
            } catch (IOException e) {
                failed++;
                assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
            }
            Staging.settle(folder, FaultyDisk.sound());
            Map<String, String> found = content();
            assertTrue(found.equals(new TreeMap<>(OLD)) || found.equals(new TreeMap<>(NEW)), "full at operation " + at + ": " + found);
        }
        assertTrue(failed > 20 && failed < MANY, failed + " failures");
    }

    @Test
    void namesTheOutputWhereTheDiskIsFull() throws IOException {
        // three operations make the place to write to
        IOException e = assertThrows(IOException.class, () -> Staging.write(folder.resolve("model"), ByteBuffer.wrap(new byte[9]),
            FaultyDisk.fullAt(2)));
        assertEquals(folder.resolve("model") + ": found No space left on device; expected a file that can be written", e.getMessage());
        assertEquals(Map.of(), content());
    }

    @Test
    void refusesAFoldersName() throws IOException {
        Files.createDirectory(folder.resolve("model"));
        IOException e = assertThrows(IOException.class, () -> Staging.write(folder.resolve("model"), new byte[9]));
        assertEquals(folder.resolve("model") + ": found a folder; expected the path of a file", e.getMessage());
    }

    @Test
    void refusesNamesThatLeadElsewhere() throws IOException {
        try (Staging staging = Staging.in(folder)) {
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> staging.publish(List.of("../model")));
            assertEquals("file ../model: found no plain name; expected one within the folder", e.getMessage());
        }
    }

    @Test
    void replacesALinkAndNotWhatItLeadsTo() throws IOException {
        Path outside = Files.writeString(temporary.resolve("outside"), "kept");
        Files.createSymbolicLink(folder.resolve("model"), outside);
        Staging.write(folder.resolve("model"), "new".getBytes());
        assertEquals("kept", Files.readString(outside));
        assertEquals(Map.of("model", "new"), content());
        assertFalse(Files.isSymbolicLink(folder.resolve("model")));
    }

    @Test
    void removesLinksInStraysAndNotWhatTheyLeadTo() throws IOException {
        Path outside = Files.writeString(Files.createDirectory(temporary.resolve("outside")).resolve("file"), "kept");
        Staging staging = Staging.in(folder);
        Files.createSymbolicLink(staging.file("link"), outside.getParent());
        staging.abandon();
        Staging.settle(folder);
        assertEquals(Map.of(), content());
        assertEquals("kept", Files.readString(outside));
    }

    @Test
    void leavesLinksAloneThatAreCalledAsStraysAre() throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("file"), "kept");
        Files.createSymbolicLink(folder.resolve(Home.READY), outside);
        Strays.settle(folder, Disk.SYSTEM);
        assertEquals(List.of(outside.resolve("file")), list(outside));
    }

    @Test
    void leavesLivingWritersAlone() throws IOException {
        try (Staging staging = Staging.in(folder)) {
            Files.writeString(staging.file("model"), "growing");
            Staging.settle(folder);
            Staging.write(folder.resolve("data"), "other".getBytes());
            staging.publish(List.of("model"));
        }
        assertEquals(Map.of("data", "other", "model", "growing"), content());
    }

    @Test
    void givesAFolderItsName() throws IOException {
        Files.createDirectory(folder.resolve("pipeline"));
        try (Staging staging = Staging.in(folder)) {
            Files.writeString(Files.createDirectory(staging.file("unet")).resolve("config.json"), "{}");
            staging.publishAs("pipeline");
        }
        assertEquals(Map.of("pipeline", "a folder"), content());
        assertEquals("{}", Files.readString(folder.resolve("pipeline/unet/config.json")));
    }

    @Test
    void writersOfOneSetTakeTurns() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> writers = Stream.of("a", "b", "c", "d").map(who -> new Thread(() -> {
            for (int i = 0; i < 15; i++) {
                try (Staging staging = Staging.in(folder, FaultyDisk.sound())) {
                    Files.writeString(staging.file("model"), who + i);
                    Files.writeString(staging.file("data"), who + i);
                    staging.publish(List.of("data", "model"));
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
        assertEquals(Set.of("data", "model"), content().keySet());
        assertEquals(content().get("data"), content().get("model"));
    }

    /** The other one is done between the moment that it is in the way and the look at what was. */
    @Test
    void takesItsTurnWhenAnotherIsDoneAtThatMoment() throws IOException {
        try (Staging staging = Staging.in(folder, new OneInTheWay())) {
            write(staging);
        }
        assertEquals(new TreeMap<>(NEW), content());
    }

    /** A disk on which another writer's folder has the name that all want when it is wanted first, and goes at once. */
    private static final class OneInTheWay implements Disk {
        private boolean gone;

        @Override
        public void createFolder(Path path) throws IOException {
            SYSTEM.createFolder(path);
        }

        @Override
        public void write(Path file, ByteBuffer content) throws IOException {
            SYSTEM.write(file, content);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            if (gone || !to.endsWith(Home.READY)) {
                SYSTEM.move(from, to);
                return;
            }
            gone = true;
            Path other = Files.createFile(Files.createDirectory(to).resolve("other"));
            try {
                SYSTEM.move(from, to);
            } finally {
                Files.delete(other);
                Files.delete(to);
            }
        }

        @Override
        public void delete(Path path) throws IOException {
            SYSTEM.delete(path);
        }

        @Override
        public void force(Path path) throws IOException {
            SYSTEM.force(path);
        }
    }
}
