package io.halftone.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder that somebody unpacked, with files in it that look like those of a writer who died. */
class PlantedOrderTest {
    private static final String ID = "01234567-89ab-cdef-0123-456789abcdef";

    @TempDir
    private Path temporary;
    private Path folder;
    private Path outside;
    private Home ready;

    /** As a writer leaves it who dies before its file has its name. */
    @BeforeEach
    void plant() throws IOException {
        outside = Files.createDirectory(temporary.resolve("outside"));
        folder = Files.createDirectory(temporary.resolve("unpacked"));
        ready = Home.ready(folder);
        Files.createDirectory(ready.path());
        Files.createFile(ready.lock(ID));
        Files.createDirectory(ready.files());
        Files.createDirectory(ready.replaced());
        Files.writeString(ready.files().resolve("model"), "planted");
        Files.writeString(ready.order(), "+model\n");
        Files.writeString(folder.resolve("model"), "there before");
    }

    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return content;
    }

    private String refusal() {
        return assertThrows(IOException.class, () -> Staging.settle(folder)).getMessage();
    }

    @Test
    void isCarriedOutWithinItsFolder() throws IOException {
        Staging.settle(folder);
        assertEquals(Map.of("model", "planted"), content(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"files", "replaced", "order"})
    void followsNoLinkInAReadyFolder(String part) throws IOException {
        Path there = outside.resolve(part);
        Files.move(ready.path().resolve(part), there);
        Files.createSymbolicLink(ready.path().resolve(part), there);
        Map<String, String> before = content(outside);

        Staging.settle(folder);
        assertEquals(before, content(outside));
        assertEquals(Map.of("model", "there before"), content(folder));
    }

    @Test
    void refusesNamesThatLeadElsewhere() throws IOException {
        for (String name : List.of("../model", "..", "/model", "a/../model", "mo\0del", "")) {
            Files.writeString(ready.order(), "-" + name + "\n+model\n");
            assertEquals(ready.order() + ": found file " + name + ": found no plain name; expected one within the folder; expected the names of files",
                refusal());
            assertEquals("there before", content(folder).get("model"));
        }
    }

    @Test
    void removesNoFolder() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("letters")).resolve("letter"), "kept");
        Files.writeString(ready.order(), "+model\n-letters\n");
        assertEquals(folder.resolve("letters") + ": found a folder; expected a file, or nothing", refusal());
        assertEquals("kept", content(folder).get("letters/letter"));
        assertEquals("there before", content(folder).get("model"));
    }

    /** A living writer is given half a minute. */
    @Test
    void nobodyWaitsForOneThatNobodyHolds() throws IOException {
        Files.delete(ready.lock(ID));
        assertTimeout(Duration.ofSeconds(20), () -> Staging.settle(folder));
        Files.createSymbolicLink(ready.lock(ID), outside);
        assertTimeout(Duration.ofSeconds(20), () -> Staging.settle(folder));
        assertEquals("there before", content(folder).get("model"));
    }

    @Test
    void refusesAnOrderOfMoreThanAnybodyWrites() throws IOException {
        try (var order = new RandomAccessFile(ready.order().toFile(), "rw")) {
            order.setLength(1L << 34);   // takes no space
        }
        assertEquals(ready.order() + ": found more than 16777216 bytes; expected the names of files", refusal());
    }
}
