package io.halftone.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.checkpoint.Samples.Memory;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementTest {
    private static final String NAME = "diffusion_pytorch_model";
    private static final String INDEX = NAME + ".safetensors.index.json";

    @TempDir
    Path folder;
    private Path target;

    @BeforeEach
    void setTarget() {
        target = folder.resolve(NAME + ".safetensors");
    }

    /** Tensors of 100 bytes beside one small quantized layer of 6, so that the bytes of a shard choose the number of shards. */
    private static QuantizedBackbone backbone(int seed) {
        Map<String, TensorView> tensors = new TreeMap<>();
        tensors.put("a.weight", Samples.weight(DType.FLOAT16, seed, 2, 3));
        for (int i = 0; i < 4; i++) {
            tensors.put("p" + i, TensorView.ofFloats(new float[25], 25));
        }
        Memory memory = new Memory(tensors);
        QuantizedLayer layer = Samples.layer(Samples.INT8, Samples.linear("a", 3, 2), memory.read("a.weight"), Map.of(), List.of());
        return new QuantizedBackbone("{\"seed\":" + seed + "}", DType.FLOAT16, "0", memory, memory, List.of(layer), Set.of());
    }

    private static StorageOptions shards(long bytes) {
        return new StorageOptions(Form.COMPACT, Layout.MODEL_OPTIMIZER, false, "", bytes);
    }

    private CheckpointWriter.Written write(int seed, long bytes) throws IOException {
        return CheckpointWriter.write(backbone(seed), target, shards(bytes), (done, of) -> { });
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        for (String name : files()) {
            contents.put(name, Files.readAllBytes(folder.resolve(name)));
        }
        return contents;
    }

    private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
    }

    private void assertOpens(int seed) {
        try (StoredCheckpoint stored = StoredCheckpoint.open(folder)) {
            assertEquals("{\"seed\":" + seed + "}", stored.recipe());
            assertEquals(backbone(seed).parameters().names(), stored.parameters().names());
        }
    }

    private static List<String> sharded(int count) {
        return Stream.concat(Stream.iterate(1, i -> i + 1).limit(count).map(i -> String.format("%s-%05d-of-%05d.safetensors", NAME, i, count)),
            Stream.of(INDEX)).toList();
    }

    @Test
    void threeShardsBecomeFiveAndThenOneFile() throws IOException {
        write(1, 200);
        assertEquals(sharded(3), files());
        assertOpens(1);
        write(2, 100);
        assertEquals(sharded(5), files());
        assertOpens(2);
        assertEquals(List.of(), write(3, 0).notes());
        assertEquals(List.of(NAME + ".safetensors"), files());
        assertOpens(3);
        write(4, 200);
        assertEquals(sharded(3), files());
        assertOpens(4);
    }

    @Test
    void filesOfOthersStay() throws IOException {
        write(1, 200);
        String foreign = NAME + "-00007-of-00009.safetensors";
        save(folder.resolve(foreign));
        save(folder.resolve("other.safetensors"));
        write(2, 200);
        String index = Files.readString(folder.resolve(INDEX));
        Files.writeString(folder.resolve(INDEX), index.replace("\"weight_map\" : {", "\"weight_map\" : {\"x\" : \"" + foreign
            + "\", \"y\" : \"other.safetensors\", \"z\" : \"../elsewhere.safetensors\","));
        write(3, 0);
        assertEquals(List.of(foreign, NAME + ".safetensors", "other.safetensors"), files());
        assertOpens(3);   // by the name that diffusers gives weights
    }

    private static void save(Path path) throws IOException {
        try (SafetensorsWriter writer = SafetensorsWriter.create(path, Map.of("x", new Parameters.Info(DType.FLOAT32, new long[] {1})),
            Map.of())) {
            writer.write("x", TensorView.ofFloats(new float[1], 1));
            writer.commit();
        }
    }

    @Test
    void missingSiteLeavesWhatWasThere() throws IOException {
        for (long bytes : new long[] {0, 100, 200}) {
            write(1, 200);
            Map<String, byte[]> before = contents();
            List<Site> expected = List.of(new Site("a", Slot.WEIGHT), new Site("b", Slot.INPUT));
            var e = assertThrows(CalibrationException.class, () ->
                CheckpointWriter.write(backbone(2), target, shards(bytes), expected, (done, of) -> { }));
            assertEquals(target + ": found 1 sites that are not quantized; expected all of 2 quantized: b.input_quantizer: found no such "
                + "layer in the checkpoint; expected it quantized", e.getMessage());
            assertSame(before, contents());
        }
    }

    @Test
    void provedCheckpointGetsItsName() throws IOException {
        List<Site> expected = List.of(new Site("a", Slot.WEIGHT), new Site("a", Slot.INPUT));
        CheckpointWriter.write(backbone(1), target, shards(200), expected, (done, of) -> assertEquals(List.of(), visible()));
        assertEquals(sharded(3), files());
        assertOpens(1);
    }

    private List<String> visible() {
        try {
            return files().stream().filter(name -> !name.startsWith(".")).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void folderInTheWayLeavesWhatWasThere() throws IOException {
        write(1, 0);
        Files.createDirectory(folder.resolve(INDEX));
        byte[] before = Files.readAllBytes(target);
        var e = assertThrows(IOException.class, () -> write(2, 200));
        assertEquals(folder.resolve(INDEX) + ": found a folder; expected the path of a file", e.getMessage());
        assertEquals(List.of(target.getFileName().toString(), INDEX), files());
        assertArrayEquals(before, Files.readAllBytes(target));
        Path below = target.resolve("x.safetensors");
        assertEquals(below + ": found no folder " + below.getParent() + "; expected a writable folder", assertThrows(IOException.class, () ->
            CheckpointWriter.write(backbone(1), below, StorageOptions.COMPACT, (done, of) -> { })).getMessage());
    }
}
