package io.halftone.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedSafetensorsTest {
    private static final String FIRST = "m-00001-of-00002.safetensors";
    private static final String SECOND = "m-00002-of-00002.safetensors";

    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void writeShards() throws IOException {
        folder = Files.createDirectory(root.resolve("unet"));
        Samples.floats(folder.resolve(FIRST), Map.of("a", 1f, "c", 3f), Map.of("format", "pt", "part", "1"));
        Samples.floats(folder.resolve(SECOND), Map.of("b", 2f), Map.of("format", "pt", "part", "2"));
    }

    @Test
    void readsEachTensorFromItsShard() throws IOException {
        try (var sharded = ShardedSafetensors.open(sound())) {
            assertEquals(List.of("a", "b", "c"), List.copyOf(sharded.names()));
            assertArrayEquals(new float[] {1}, sharded.read("a").toFloats());
            assertArrayEquals(new float[] {2}, sharded.read("b").toFloats());
            assertEquals(Samples.info(DType.FLOAT32, 1), sharded.info("c"));
        }
    }

    @Test
    void readsWindowAndTransfersFromTheShard() throws IOException {
        try (var sharded = ShardedSafetensors.open(sound())) {
            ByteBuffer window = ByteBuffer.allocate(2);
            sharded.read("b", 2, window);
            assertArrayEquals(new byte[] {0, 0x40}, window.array());
            var bytes = new ByteArrayOutputStream();
            sharded.transfer("b", Channels.newChannel(bytes));
            assertArrayEquals(new byte[] {0, 0, 0, 0x40}, bytes.toByteArray());
        }
    }

    @Test
    void hasTheMetadataThatAllShardsShare() throws IOException {
        try (var sharded = ShardedSafetensors.open(sound())) {
            assertEquals(Map.of("format", "pt"), sharded.metadata());
        }
    }

    @Test
    void opensByARelativePathWithDots() throws IOException {
        Path index = sound();
        Path roundabout = folder.resolve("..").resolve("unet").resolve(index.getFileName());
        try (var sharded = ShardedSafetensors.open(roundabout)) {
            assertEquals(3, sharded.names().size());
        }
    }

    @Test
    void refusesUnknownTensor() throws IOException {
        Path index = sound();
        try (var sharded = ShardedSafetensors.open(index)) {
            var e = assertThrows(CheckpointException.class, () -> sharded.info("d"));
            assertEquals(index + ": d: found no such tensor; expected one of 3", e.getMessage());
        }
    }

    @Test
    void refusesMissingIndex() {
        assertRefused(folder.resolve("none.json"), "found nothing; expected the index of a sharded checkpoint");
    }

    @Test
    void refusesIndexWithoutAMap() throws IOException {
        assertRefused(index("{'metadata':{'total_size':12}}"), "found no tensor; expected a weight_map that names some");
    }

    @Test
    void refusesIndexThatIsNoObject() throws IOException {
        assertRefused(index("[]"), "found an array; expected an object");
    }

    @Test
    void refusesShardThatIsNotText() throws IOException {
        assertRefused(index("{'weight_map':{'a':1}}"), "weight_map: a: found an integer; expected text");
    }

    @Test
    void refusesTensorMappedTwice() throws IOException {
        assertRefused(index("{'weight_map':{'a':'" + FIRST + "','a':'" + SECOND + "'}}"),
            "weight_map: a: found twice; expected once");
    }

    @Test
    void refusesTwoMaps() throws IOException {
        String map = "'weight_map':{'a':'" + FIRST + "'}";
        assertRefused(index("{" + map + "," + map + "}"), "weight_map: found twice; expected once");
    }

    @Test
    void refusesAnyKeyGivenTwice() throws IOException {
        assertRefused(index("{'metadata':{},'metadata':{}}"), "metadata: found twice; expected once");
    }

    @Test
    void refusesIndexOfMoreBytesThanAnyHas() throws IOException {
        Path index = index("{}");
        try (var channel = FileChannel.open(index, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 32 << 20);   // sparse: zeros between
        }
        assertRefused(index, "found 33554433 bytes; expected at most 33554432");
    }

    @Test
    void refusesDeepNestingInWhatItSkips() throws IOException {
        var e = assertThrows(CheckpointException.class, () -> ShardedSafetensors.open(index("{'x':" + "[".repeat(100_000))));
        assertTrue(e.getMessage().contains("found malformed JSON (Document nesting depth (1001) exceeds the maximum allowed (1000,"), e.getMessage());
    }

    @Test
    void refusesMissingShard() throws IOException {
        Files.delete(folder.resolve(SECOND));
        assertRefused(sound(), "found no shard " + SECOND + "; expected it beside the index");
    }

    @Test
    void refusesTensorInTwoShards() throws IOException {
        Samples.floats(folder.resolve(SECOND), Map.of("a", 1f, "b", 2f), Map.of());
        assertRefused(sound(), "found a in " + SECOND + " and listed in " + FIRST
            + "; expected each tensor in the one shard that the index lists");
    }

    @Test
    void reportsEveryTensorMissingFromItsShard() throws IOException {
        Samples.floats(folder.resolve(FIRST), Map.of("d", 4f), Map.of());
        assertRefused(sound(), "found a not in " + FIRST + ", c not in " + FIRST + ", d in " + FIRST
            + " but not in the index; expected each tensor in the one shard that the index lists");
    }

    @Test
    void refusesDamagedShard() throws IOException {
        Files.write(folder.resolve(SECOND), new byte[3]);
        var e = assertThrows(CheckpointException.class, () -> ShardedSafetensors.open(sound()));
        assertEquals(folder.resolve(SECOND) + ": found 3 bytes; expected at least 8", e.getMessage());
    }

    @Test
    void refusesShardThatClimbsOutOfTheFolder() throws IOException {
        Files.copy(folder.resolve(SECOND), root.resolve(SECOND));
        assertOutside("../" + SECOND);
    }

    @Test
    void refusesShardThatClimbsOutAndBackIn() throws IOException {
        assertOutside("../unet/" + FIRST);
    }

    @Test
    void refusesAbsoluteShard() throws IOException {
        assertOutside(folder.resolve(FIRST).toAbsolutePath().toString());
    }

    @Test
    void refusesSymbolicLinkOutOfTheFolder() throws IOException {
        Files.move(folder.resolve(SECOND), root.resolve(SECOND));
        Files.createSymbolicLink(folder.resolve(SECOND), root.resolve(SECOND));
        assertRefused(sound(), "found shard " + SECOND + " outside the index's folder; expected it inside");
    }

    @Test
    void refusesLinkedFolderThatLeadsOutside() throws IOException {
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.copy(folder.resolve(FIRST), elsewhere.resolve(FIRST));
        Files.createSymbolicLink(folder.resolve("sub"), elsewhere);
        assertOutside("sub/" + FIRST);
    }

    @Test
    void followsLinksOfAHuggingFaceCache() throws IOException {
        Path blobs = Files.createDirectory(root.resolve("blobs"));
        Path index = sound();
        for (Path file : List.of(index, folder.resolve(FIRST), folder.resolve(SECOND))) {
            Path blob = blobs.resolve("blob-of-" + file.getFileName());
            Files.move(file, blob);
            Files.createSymbolicLink(file, blob);
        }
        try (var sharded = ShardedSafetensors.open(index)) {
            assertArrayEquals(new float[] {2}, sharded.read("b").toFloats());
        }
    }

    @Test
    void refusesShardThatIsNotSafetensors() throws IOException {
        assertRefused(index("{'weight_map':{'a':'m.bin'}}"), "found shard m.bin; expected a .safetensors file");
    }

    @Test
    void refusesShardWithoutAName() throws IOException {
        assertRefused(index("{'weight_map':{'a':''}}"), "found shard ; expected a .safetensors file");
    }

    @Test
    void refusesShardWhoseNameNoFileCanHave() throws IOException {
        assertRefused(index("{'weight_map':{'a':'\\u0000.safetensors'}}"), "found shard \0.safetensors; expected the name of a file");
    }

    private void assertOutside(String shard) throws IOException {
        assertRefused(index("{'weight_map':{'a':'" + shard + "'}}"),
            "found shard " + shard + " outside the index's folder; expected it inside");
    }

    private static void assertRefused(Path index, String message) {
        var e = assertThrows(CheckpointException.class, () -> ShardedSafetensors.open(index));
        assertEquals(index + ": " + message, e.getMessage());
    }

    private Path sound() throws IOException {
        return index("{'metadata':{'total_size':12},'weight_map':{'a':'" + FIRST + "','b':'" + SECOND + "','c':'" + FIRST + "'}}");
    }

    /** Single quotes stand for double ones. */
    private Path index(String json) throws IOException {
        return Files.writeString(folder.resolve("m.safetensors.index.json"), json.replace('\'', '"'));
    }
}
