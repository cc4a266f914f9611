package io.halftone.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.checkpoint.Samples.Format;
import io.halftone.checkpoint.Samples.Memory;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoredCheckpointTest {
    private static final DType TYPE = DType.FLOAT16;
    private static final Layer.Linear A = Samples.linear("a", 64, 32);
    private static final Layer.Conv C = new Layer.Conv("c", Role.CONVOLUTION, 3, 4, 3, 1, 1, true);
    private static final float[] FACTORS = new float[64];

    static {
        for (int i = 0; i < FACTORS.length; i++) {
            FACTORS[i] = 0.25f + i / 64f;
        }
    }

    @TempDir
    Path folder;

    static List<Format> formats() {
        return Samples.formats();
    }

    private static Map<String, TensorView> tensors() {
        Map<String, TensorView> tensors = new TreeMap<>();
        tensors.put("a.weight", Samples.weight(TYPE, 1, 32, 64));
        tensors.put("a.bias", Samples.weight(TYPE, 2, 32));
        tensors.put("b.weight", Samples.weight(TYPE, 3, 32, 64));
        tensors.put("c.weight", Samples.weight(TYPE, 4, 4, 3, 3, 3));
        return tensors;
    }

    private static QuantizedBackbone backbone(Parameters base, Parameters parameters, List<QuantizedLayer> layers) {
        return new QuantizedBackbone("{\"recipe\":1}", TYPE, "0123", base, parameters, layers, Set.of("b"));
    }

    private static QuantizedBackbone plain(Format format) {
        Memory memory = new Memory(tensors());
        return backbone(memory, memory, List.of(Samples.layer(format, A, memory.read("a.weight"), Map.of(), List.of())));
    }

    private static QuantizedBackbone smoothed(Format format) {
        Memory base = new Memory(tensors());
        Map<String, TensorView> changed = tensors();
        float[] values = base.read("a.weight").toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] / FACTORS[i % 64];
        }
        changed.put("a.weight", Samples.tensor(TYPE, values, 32, 64));
        Memory parameters = new Memory(changed);
        Map<String, float[]> vectors = Map.of("input_quantizer._pre_quant_scale", FACTORS);
        QuantizedLayer layer = Samples.layer(format, A, parameters.read("a.weight"), vectors, List.of());
        return backbone(base, parameters, List.of(new QuantizedLayer(A, layer.state(), new Smoothed(FACTORS, layer.rewrite()))));
    }

    private record Smoothed(float[] factors, LayerRewrite then) implements LayerRewrite {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
            return then.linear(ops, layer, ops.mul(x, ops.constant(factors, Shape.of(factors.length), ops.dtype(x))), w);
        }
    }

    private CheckpointWriter.Written write(QuantizedBackbone backbone, StorageOptions options) throws IOException {
        return CheckpointWriter.write(backbone, folder.resolve("x.safetensors"), options, (done, of) -> assertTrue(done <= of));
    }

    private StoredCheckpoint written(QuantizedBackbone backbone, StorageOptions options) throws IOException {
        return StoredCheckpoint.open(write(backbone, options).checkpoint());
    }

    private static void assertSameBytes(TensorView expected, TensorView found, String name) {
        assertEquals(expected.dtype(), found.dtype(), name);
        assertArrayEquals(expected.shape(), found.shape(), name);
        assertEquals(expected.bytes(), found.bytes(), name);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void compactWeightIsRoundedToWhatTheOriginalIs(Format format) throws IOException {
        QuantizedBackbone backbone = plain(format);
        try (StoredCheckpoint stored = written(backbone, StorageOptions.COMPACT)) {
            TensorView weight = backbone.parameters().read("a.weight");
            Range range = Samples.range(format, weight);
            float[] expected = Samples.roundTrip(format, weight, TYPE, range);
            float[] found = Samples.roundTrip(format, stored.parameters().read("a.weight"), TYPE, range);
            for (int i = 0; i < expected.length; i++) {
                assertTrue(expected[i] == found[i], "element " + i);   // zeros of either sign are equal
            }
            assertEquals(Set.of("a"), stored.layersInCodes());
            assertEquals(Map.of(), stored.kept());
            assertEquals(new Parameters.Info(TYPE, new long[] {32, 64}), stored.parameters().info("a.weight"));
        }
    }

    /** Of the codes and of everything else, in each compute type; parts are cut anywhere between two elements. */
    @ParameterizedTest
    @MethodSource("formats")
    void aWindowReadsWhatTheWholeTensorHas(Format format) throws IOException {
        for (DType type : List.of(DType.FLOAT16, DType.FLOAT32)) {
            Memory memory = new Memory(tensors());
            List<QuantizedLayer> layers = List.of(Samples.layer(format, A, memory.read("a.weight"), Map.of(), List.of()));
            QuantizedBackbone backbone = new QuantizedBackbone("{\"recipe\":1}", type, "0123", memory, memory, layers, Set.of("b"));
            try (StoredCheckpoint stored = written(backbone, StorageOptions.COMPACT)) {
                for (String name : stored.parameters().names()) {
                    ByteBuffer whole = stored.parameters().read(name).bytes();
                    Parameters.Window window = stored.parameters().window(name);
                    int step = 150 * stored.parameters().info(name).dtype().bytes();
                    for (int from = 0; from < whole.limit(); from += step) {
                        ByteBuffer part = ByteBuffer.allocate(3 + Math.min(step, whole.limit() - from)).position(3);
                        window.read(from, part);
                        assertEquals(whole.slice(from, part.limit() - 3), part.position(3), name + " at " + from);
                    }
                }
            }
        }
    }

    @Test
    void aWindowOfHalfAnElementIsRefused() throws IOException {
        try (StoredCheckpoint stored = written(plain(Samples.INT8), StorageOptions.COMPACT)) {
            Parameters.Window window = stored.parameters().window("a.weight");
            var e = assertThrows(IllegalArgumentException.class, () -> window.read(1, ByteBuffer.allocate(4)));
            assertEquals("weight: found a window of 4 bytes at 1; expected whole elements of 2", e.getMessage());
        }
    }

    @Test
    void everythingElseComesBackAsItWas() throws IOException {
        QuantizedBackbone backbone = plain(Samples.INT8);
        try (StoredCheckpoint stored = written(backbone, StorageOptions.COMPACT)) {
            assertEquals(backbone.parameters().names(), stored.parameters().names());
            for (String name : List.of("a.bias", "b.weight", "c.weight")) {
                assertSameBytes(backbone.parameters().read(name), stored.parameters().read(name), name);
            }
            assertEquals("{\"recipe\":1}", stored.recipe());
            assertEquals(Form.COMPACT, stored.form());
            assertEquals(TYPE, stored.computeType());
            assertEquals("0123", stored.baseDigest());
            assertEquals(Set.of("a"), stored.layers());
            assertArrayEquals(new float[] {3}, stored.vector("a.input_quantizer._amax"));
            assertArrayEquals(backbone.layers().get(0).state().range(Slot.WEIGHT).amax(), stored.vector("a.weight_quantizer._amax"));
        }
    }

    @Test
    void tensorsHaveTheNamesAndTypesThatModelOptimizerWrites() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(write(smoothed(Samples.INT8), StorageOptions.COMPACT).checkpoint())) {
            assertEquals("[32, 64] INT8", file.info("a.weight").toString());
            assertEquals("[32] FLOAT32", file.info("a.weight_scale").toString());
            assertEquals("[] FLOAT32", file.info("a.input_scale").toString());
            assertEquals("[64] FLOAT32", file.info("a.pre_quant_scale").toString());
            assertEquals(3 / 127f, file.read("a.input_scale").toFloats()[0]);
        }
        try (SafetensorsFile file = SafetensorsFile.open(write(plain(Samples.FP8), StorageOptions.COMPACT).checkpoint())) {
            assertEquals("[32, 64] FLOAT8_E4M3", file.info("a.weight").toString());
            assertEquals("[] FLOAT32", file.info("a.weight_scale").toString());
        }
        try (SafetensorsFile file = SafetensorsFile.open(write(plain(Samples.NVFP4), StorageOptions.COMPACT).checkpoint())) {
            assertEquals("[32, 32] UINT8", file.info("a.weight").toString());
            assertEquals("[32, 4] FLOAT8_E4M3", file.info("a.weight_scale").toString());
            assertEquals("[] FLOAT32", file.info("a.weight_scale_2").toString());
        }
        try (SafetensorsFile file = SafetensorsFile.open(write(plain(Samples.MXFP8), StorageOptions.COMPACT).checkpoint())) {
            assertEquals("[32, 64] FLOAT8_E4M3", file.info("a.weight").toString());
            assertEquals("[32, 2] UINT8", file.info("a.weight_scale").toString());
            assertTrue(!file.names().contains("a.input_scale"));
        }
    }

    @Test
    void sameBackboneGivesTheSameBytes() throws IOException {
        byte[] first = Files.readAllBytes(write(plain(Samples.INT8), StorageOptions.COMPACT).checkpoint());
        assertArrayEquals(first, Files.readAllBytes(write(plain(Samples.INT8), StorageOptions.COMPACT).checkpoint()));
    }

    @Test
    void fullFormKeepsWeightsAsTheyAre() throws IOException {
        QuantizedBackbone backbone = smoothed(Samples.INT8);
        try (StoredCheckpoint stored = written(backbone, StorageOptions.of(Form.FULL))) {
            assertSameBytes(backbone.parameters().read("a.weight"), stored.parameters().read("a.weight"), "a.weight");
            assertEquals(backbone.parameters().names(), stored.parameters().names());
            assertEquals(Set.of(), stored.layersInCodes());
        }
    }

    @Test
    void stateAloneGivesTheSmoothedWeightAgain() throws IOException {
        QuantizedBackbone backbone = smoothed(Samples.INT8);
        try (StoredCheckpoint stored = written(backbone, StorageOptions.of(Form.STATE_ONLY))) {
            Parameters parameters = stored.parameters(backbone.base(), "0123");
            assertEquals(backbone.parameters().names(), parameters.names());
            for (String name : parameters.names()) {
                assertSameBytes(backbone.parameters().read(name), parameters.read(name), name);
            }
            try (SafetensorsFile file = SafetensorsFile.open(stored.path())) {
                assertEquals(Set.of("a.input_quantizer._amax", "a.input_quantizer._pre_quant_scale", "a.weight_quantizer._amax"),
                    file.names());
            }
        }
    }

    @Test
    void stateAloneHoldsChangedWeightsThatDivisionDoesNotGive() throws IOException {
        Memory base = new Memory(tensors());
        Map<String, TensorView> changed = tensors();
        changed.put("a.weight", Samples.weight(TYPE, 99, 32, 64));
        changed.put("a.weight_quantizer.svdquant_lora_a", Samples.weight(TYPE, 98, 4, 64));
        Memory parameters = new Memory(changed);
        List<String> added = List.of("weight_quantizer.svdquant_lora_a");
        QuantizedLayer layer = Samples.layer(Samples.INT8, A, parameters.read("a.weight"), Map.of(), added);
        try (StoredCheckpoint stored = written(backbone(base, parameters, List.of(layer)), StorageOptions.of(Form.STATE_ONLY))) {
            assertEquals(Set.of("a"), stored.layersInCodes());
            Parameters read = stored.parameters(base, "0123");
            Range range = Samples.range(Samples.INT8, parameters.read("a.weight"));
            assertArrayEquals(Samples.roundTrip(Samples.INT8, parameters.read("a.weight"), TYPE, range),
                Samples.roundTrip(Samples.INT8, read.read("a.weight"), TYPE, range));
            String name = "a.weight_quantizer.svdquant_lora_a";
            assertSameBytes(parameters.read(name), read.read(name), name);
            assertSameBytes(base.read("b.weight"), read.read("b.weight"), "b.weight");
        }
    }

    @Test
    void stateAloneRefusesAnotherBase() throws IOException {
        QuantizedBackbone backbone = smoothed(Samples.INT8);
        try (StoredCheckpoint stored = written(backbone, StorageOptions.of(Form.STATE_ONLY))) {
            var digest = assertThrows(CheckpointException.class, () -> stored.parameters(backbone.base(), "4567"));
            assertEquals(stored.path() + ": found the base 4567; expected 0123, which this state belongs to", digest.getMessage());
            var weight = assertThrows(CheckpointException.class, () -> stored.parameters(backbone.parameters(), "0123").read("a.weight"));
            assertTrue(weight.getMessage().startsWith("a.weight: found a base whose weight gives the digest "), weight.getMessage());
            var without = assertThrows(IllegalStateException.class, stored::parameters);
            assertEquals(stored.path() + ": found the state only; expected the base checkpoint, 0123, with it", without.getMessage());
            var lacking = assertThrows(CheckpointException.class, () -> stored.parameters(new Memory(Map.of()), "0123"));
            assertEquals(stored.path() + ": found no a.weight in the base; expected every quantized weight", lacking.getMessage());
        }
    }

    @Test
    void weightThatDoesNotFitIntoCodesIsKept() throws IOException {
        Map<String, TensorView> tensors = tensors();
        TensorView clean = tensors.get("b.weight");
        float[] values = clean.toFloats();
        values[20] = Float.NaN;   // no code stands for it
        tensors.put("b.weight", Samples.tensor(TYPE, values, 32, 64));
        Memory memory = new Memory(tensors);
        Layer b = Samples.linear("b", 64, 32);
        List<QuantizedLayer> layers = List.of(Samples.layer(Samples.NVFP4, A, memory.read("a.weight"), Map.of(), List.of()),
            Samples.layer(Samples.NVFP4, b, clean, Map.of(), List.of()));
        CheckpointWriter.Written written = write(backbone(memory, memory, layers), StorageOptions.COMPACT);
        assertEquals(Set.of("b.weight"), written.kept());
        try (StoredCheckpoint stored = StoredCheckpoint.open(written.checkpoint())) {
            assertEquals(Set.of("a"), stored.layersInCodes());
            assertSameBytes(memory.read("b.weight"), stored.parameters().read("b.weight"), "b.weight");
            assertEquals(Map.of("b", "read back from codes it would not be rounded to the same values"), stored.kept());
            assertEquals(List.of(), Coverage.check(List.of(new Site("b", Slot.WEIGHT), new Site("b", Slot.INPUT)), stored));
        }
        assertEquals(List.of("x.safetensors"), files());
    }

    @Test
    void shardsHoldALayersTensorsTogetherAndAreFoundByTheirIndex() throws IOException {
        QuantizedBackbone backbone = plain(Samples.NVFP4);
        CheckpointWriter.Written written = write(backbone, new StorageOptions(Form.COMPACT, Layout.MODEL_OPTIMIZER, false, "", 2048));
        List<String> names = files();
        assertTrue(names.size() > 2 && names.contains("x.safetensors.index.json") && names.contains("x-00001-of-0000" + (names.size() - 1)
            + ".safetensors"), names.toString());
        assertEquals(names.size(), written.files().size());
        try (StoredCheckpoint whole = StoredCheckpoint.open(written.checkpoint()); StoredCheckpoint found = StoredCheckpoint.open(folder)) {
            assertEquals(whole.path(), found.path());
            assertEquals(backbone.parameters().names(), found.parameters().names());
            assertSameBytes(backbone.parameters().read("c.weight"), found.parameters().read("c.weight"), "c.weight");
        }
        try (SafetensorsFile shard = SafetensorsFile.open(written.files().get(0))) {
            assertTrue(shard.names().containsAll(Set.of("a.weight", "a.weight_scale", "a.weight_scale_2"))
                || shard.names().stream().noneMatch(n -> n.startsWith("a.weight") && !n.contains("quantizer")), shard.names().toString());
        }
        write(backbone, StorageOptions.COMPACT);
        assertTrue(!files().contains("x.safetensors.index.json"), "an index of a checkpoint that was replaced");
    }

    @Test
    void failureLeavesNothing() throws IOException {
        QuantizedBackbone good = plain(Samples.INT8);
        Parameters failing = new Parameters() {
            @Override
            public Set<String> names() {
                return good.parameters().names();
            }

            @Override
            public Info info(String name) {
                return good.parameters().info(name);
            }

            @Override
            public TensorView read(String name) {
                if (name.equals("c.weight")) {
                    throw new CheckpointException("c.weight: found a bad disk; expected a good one");
                }
                return good.parameters().read(name);
            }
        };
        for (long shard : new long[] {0, 2048}) {
            assertThrows(CheckpointException.class, () -> write(backbone(failing, failing, good.layers()),
                new StorageOptions(Form.COMPACT, Layout.MODEL_OPTIMIZER, false, "{}", shard)));
            assertEquals(List.of(), files());
        }
    }

    @Test
    void nameThatQuantizersUseIsRefused() {
        Map<String, TensorView> tensors = tensors();
        tensors.put("a.weight_scale", Samples.weight(TYPE, 1, 2));
        Memory memory = new Memory(tensors);
        QuantizedLayer layer = Samples.layer(Samples.INT8, A, memory.read("a.weight"), Map.of(), List.of());
        var e = assertThrows(IllegalArgumentException.class, () -> write(backbone(memory, memory, List.of(layer)), StorageOptions.COMPACT));
        assertEquals("a.weight_scale: found two tensors of that name; expected a model whose parameters are not called as those of "
            + "quantizers", e.getMessage());
    }

    @Test
    void coverageNamesEverySiteThatIsNotShownQuantized() throws IOException {
        Memory memory = new Memory(tensors());
        Range range = Samples.range(Samples.INT8, memory.read("a.weight"));
        // the state has a range for the input, and the rewrite does not round it
        var state = new LayerState("a", "max", "int8", Map.of(Slot.INPUT, Range.of(3), Slot.WEIGHT, range), Map.of(), Map.of(), List.of());
        var forgets = new Rounded(Samples.INT8, Map.of(Slot.WEIGHT, range));
        // the rewrite rounds with a range that the state does not have
        var unsaid = new LayerState("c", "max", "fp8", Map.of(Slot.WEIGHT, Range.of(1)), Map.of(), Map.of(), List.of());
        var says = new Rounded(Samples.FP8, Map.of(Slot.INPUT, Range.of(1), Slot.WEIGHT, Range.of(1)));
        List<QuantizedLayer> layers = List.of(new QuantizedLayer(A, state, forgets), new QuantizedLayer(C, unsaid, says));
        try (StoredCheckpoint stored = written(backbone(memory, memory, layers), StorageOptions.COMPACT)) {
            List<Site> expected = List.of(new Site("a", Slot.INPUT), new Site("a", Slot.WEIGHT), new Site("b", Slot.WEIGHT),
                new Site("c", Slot.INPUT), new Site("c", Slot.WEIGHT));
            assertEquals(List.of(
                "a.input_quantizer: found nothing that rounds it in what runs in the layer's place; expected it rounded",
                "b.weight_quantizer: found no such layer in the checkpoint; expected it quantized",
                "c.input_quantizer: found no magnitudes in the checkpoint; expected them"), Coverage.check(expected, stored));
        }
    }

    @Test
    void checkpointsOfOneFileOpenLikeAnySafetensors() throws IOException {
        try (var file = SafetensorsFiles.open(write(plain(Samples.INT8), StorageOptions.COMPACT).checkpoint())) {
            assertEquals("pt", file.metadata().get("format"));
        }
    }
}
