package io.halftone.core.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Job;
import io.halftone.api.ProgressListener;
import io.halftone.core.internal.MemoryParameters;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestModel;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.Algorithm;
import io.halftone.quant.CalibrationRun;
import io.halftone.quant.Granularity;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizedCheckpointTest {
    private static final String AMAX = "conv_in.input_quantizer._amax";
    private static final String SCALE = "conv_in.input_quantizer._pre_quant_scale";
    @TempDir
    Path folder;
    private Path file;
    private final MemoryParameters parameters = new MemoryParameters(Map.of("conv_in.bias", TensorView.ofFloats(new float[] {1, 2, 3, 4}, 4),
        "conv_in.weight", TensorView.host(DType.FLOAT16, new long[] {4, 2}, ByteBuffer.allocate(16).put(3, (byte) 0x3c))));
    private final QuantizedModel model = new QuantizedModel(RecipeTest.recipe("tiny"), RecipeTest.states(), parameters);

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("quantized.safetensors");
        QuantizedCheckpoint.write(model, file, Monitor.silent());
    }

    @Test
    void comesBackAsItWas() {
        try (QuantizedCheckpoint checkpoint = QuantizedCheckpoint.open(file)) {
            QuantizedModel back = checkpoint.model();
            assertEquals(model.recipe().json(), back.recipe().json());
            assertEquals(List.of("conv_in.bias", "conv_in.weight"), List.copyOf(back.parameters().names()));
            assertEquals(parameters.info("conv_in.weight"), back.parameters().info("conv_in.weight"));
            assertEquals(parameters.read("conv_in.weight").bytes(), back.parameters().read("conv_in.weight").bytes());
            assertEquals(2, back.states().size());
            for (int i = 0; i < 2; i++) {
                LayerState before = model.states().get(i);
                LayerState after = back.states().get(i);
                assertEquals(before.layer(), after.layer());
                assertEquals(before.format(), after.format());
                assertEquals(before.ranges(), after.ranges());
                assertEquals(before.vectors().keySet(), after.vectors().keySet());
                before.vectors().forEach((name, vector) -> assertArrayEquals(vector, after.vectors().get(name)));
            }
        }
    }

    @Test
    void isASafetensorsFileWithTheRecipeInItsMetadata() {
        try (SafetensorsFile plain = SafetensorsFile.open(file)) {
            assertEquals(Map.of("format", "pt", "halftone", model.recipe().json()), plain.metadata());
            assertEquals(Set.of("conv_in.bias", "conv_in.weight", AMAX, SCALE, "conv_in.weight_quantizer._amax", "attn1.to_q.input_quantizer._amax"),
                plain.names());
            assertArrayEquals(new float[] {5}, plain.read(AMAX).toFloats());
            assertArrayEquals(new float[] {1, 2, 3, 4}, plain.read("conv_in.weight_quantizer._amax").toFloats());
        }
    }

    @Test
    void theSameModelGivesTheSameBytes() throws IOException {
        byte[] before = Files.readAllBytes(file);
        QuantizedCheckpoint.write(model, file, Monitor.silent());
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void tellsOfEachTensorThatIsWritten() throws Exception {
        List<ProgressListener.Progress> seen = new ArrayList<>();
        new JobRunner().start("write", seen::add, monitor -> {
            QuantizedCheckpoint.write(model, file, monitor);
            return "";
        }).await();
        assertEquals(6, seen.size());
        assertEquals(new ProgressListener.Progress("checkpoint", 1, 6, "tensor"), seen.get(0));
        assertEquals(new ProgressListener.Progress("checkpoint", 6, 6, "tensor"), seen.get(5));
    }

    @Test
    void writingThatIsCancelledLeavesTheFolderAsItWas() throws Exception {
        byte[] before = Files.readAllBytes(file);
        CompletableFuture<Job<String>> self = new CompletableFuture<>();
        Job<String> job = new JobRunner().start("write", progress -> self.join().cancel(), monitor -> {
            QuantizedCheckpoint.write(new QuantizedModel(model.recipe(), List.of(), parameters), file, monitor);
            return "";
        });
        self.complete(job);
        assertThrows(CancellationException.class, job::await);
        assertArrayEquals(before, Files.readAllBytes(file));
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void refusesAFileThatIsNoCheckpoint() throws IOException {
        Path plain = copy(Map.of(), Map.of("format", "pt"), Set.of());
        assertRefused(plain + ": found a safetensors file without a recipe; expected a checkpoint that quantize wrote", plain);
        Path absent = folder.resolve("absent.safetensors");
        assertRefused(absent + ": found nothing; expected a safetensors file", absent);
    }

    @Test
    void refusesADamagedRecipe() throws IOException {
        Path damaged = copy(Map.of(), Map.of("halftone", "{\"version\":1}"), Set.of());
        assertRefused(damaged + ": recipe: found no version 1 with its layers; expected one of this release", damaged);
    }

    @Test
    void refusesAVectorThatIsMissing() throws IOException {
        Path without = copy(Map.of(), recipe(), Set.of(SCALE));
        assertRefused(without + ": " + SCALE + ": found no such tensor; expected one of 5", without);
    }

    @Test
    void refusesAVectorOfAnotherTypeOrRank() throws IOException {
        Path half = copy(Map.of(AMAX, TensorView.host(DType.FLOAT16, new long[] {1}, ByteBuffer.allocate(2))), recipe(), Set.of());
        assertRefused(half + ": " + AMAX + ": found [1] FLOAT16; expected a FLOAT32 vector", half);
        Path matrix = copy(Map.of(AMAX, TensorView.ofFloats(new float[] {1}, 1, 1)), recipe(), Set.of());
        assertRefused(matrix + ": " + AMAX + ": found [1, 1] FLOAT32; expected a FLOAT32 vector", matrix);
    }

    @Test
    void refusesAnAmaxThatIsNoMagnitude() throws IOException {
        Path nan = copy(Map.of(AMAX, TensorView.ofFloats(new float[] {Float.NaN}, 1)), recipe(), Set.of());
        assertRefused(nan + ": conv_in: INPUT: amax: found NaN; expected finite and >= 0", nan);
    }

    @Test
    void givesTheRewriteOfEachLayer() {
        QuantFormat format = new Unrounded();
        QuantFormat other = new Unrounded();
        LayerRewrite rewrite = new LayerRewrite() { };
        List<String> asked = new ArrayList<>();
        Algorithm algorithm = new Algorithm() {
            @Override
            public Set<String> options() {
                return Set.of();
            }

            @Override
            public List<LayerState> calibrate(CalibrationRun run) {
                throw new UnsupportedOperationException();
            }

            @Override
            public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat its) {
                assertSame(state.layer().equals("conv_in") ? format : other, its);
                asked.add(layer.name() + " " + state.ranges().keySet());
                return rewrite;
            }
        };
        Plugins plugins = TestPipeline.plugins(TestPipeline.family("format", Plugins.Plugin.of(format, "int8"), Plugins.Plugin.of(other, "fp8")),
            TestPipeline.family("algorithm", Plugins.Plugin.of(algorithm, "smoothquant")));
        Scan scan = Scan.of(new TestModel(), TestModel.CONFIG);
        assertEquals(Map.of("conv_in", rewrite, "attn1.to_q", rewrite), model.rewrites(scan, plugins));
        assertEquals(List.of("conv_in [INPUT, WEIGHT]", "attn1.to_q [INPUT]"), asked);

        QuantizedModel wrong = new QuantizedModel(model.recipe(), List.of(new LayerState("conv_mid", "int8", Map.of(Slot.INPUT, Range.of(1)), Map.of())),
            parameters);
        var e = assertThrows(CheckpointException.class, () -> wrong.rewrites(scan, plugins));
        assertEquals("conv_mid: found a quantized layer that the model has not; expected one of its 5 layers", e.getMessage());
    }

    private Map<String, String> recipe() {
        return Map.of("halftone", model.recipe().json());
    }

    /** The checkpoint with some tensors changed and others left out. */
    private Path copy(Map<String, TensorView> changed, Map<String, String> metadata, Set<String> without) throws IOException {
        Path target = Files.createTempFile(folder, "copy", ".safetensors");
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            Set<String> names = new HashSet<>(source.names());
            names.removeAll(without);
            Map<String, TensorView> tensors = new TreeMap<>();
            Map<String, Parameters.Info> infos = new TreeMap<>();
            for (String name : names) {
                TensorView view = changed.getOrDefault(name, source.read(name));
                tensors.put(name, view);
                infos.put(name, new Parameters.Info(view.dtype(), view.shape()));
            }
            try (SafetensorsWriter writer = SafetensorsWriter.create(target, infos, metadata)) {
                for (String name : writer.names()) {
                    writer.write(name, tensors.get(name));
                }
                writer.commit();
            }
        }
        return target;
    }

    private static void assertRefused(String message, Path path) {
        assertEquals(message, assertThrows(CheckpointException.class, () -> QuantizedCheckpoint.open(path)).getMessage());
    }

    private static final class Unrounded implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.empty();
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return x;
        }
    }
}
