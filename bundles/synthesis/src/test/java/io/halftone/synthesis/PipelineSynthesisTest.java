package io.halftone.synthesis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.diffusers.internal.DiffusersFolders;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PipelineSynthesisTest {
    private static final Path TINY = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sd3");
    private static final Progress UNHEARD = (bytes, all) -> { };

    @TempDir
    Path folder;

    /** The configuration of a small pipeline, without its vocabularies. */
    private static Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (var found = Files.walk(TINY)) {
            for (Path file : found.filter(f -> f.toString().matches(".*(config|model_index|special_tokens_map)\\.json")).toList()) {
                files.put(TINY.relativize(file).toString(), Files.readString(file));
            }
        }
        return files;
    }

    private static PipelineConfig config() throws IOException {
        return new DiffusersFolders().configuration("tiny", files());
    }

    private static Map<String, Map<String, Shape>> parameters(String... components) throws IOException {
        Map<String, Map<String, Shape>> parameters = new LinkedHashMap<>();
        for (String component : components) {
            parameters.put(component, Published.pass(config().component(component)).parameters());
        }
        return parameters;
    }

    private Path write(String name, SynthesisOptions options, String... components) throws IOException {
        Path target = folder.resolve(name);
        PipelineSynthesis.write(files(), config(), parameters(components), target, options, UNHEARD);
        return target;
    }

    private static SortedMap<String, byte[]> content(Path folder) throws IOException {
        SortedMap<String, byte[]> content = new TreeMap<>();
        try (var found = Files.walk(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return content;
    }

    @Test
    void writesTheSameBytesWithAnyNumberOfThreads() throws IOException {
        var one = content(write("one", new SynthesisOptions(DType.FLOAT16, 5, 1), "transformer", "vae"));
        var three = content(write("three", new SynthesisOptions(DType.FLOAT16, 5, 3), "transformer", "vae"));
        assertEquals(one.keySet(), three.keySet());
        one.forEach((file, bytes) -> assertArrayEquals(bytes, three.get(file), file));
    }

    @Test
    void writesOtherWeightsForAnotherSeed() throws IOException {
        String file = "vae/diffusion_pytorch_model.safetensors";
        byte[] five = content(write("five", SynthesisOptions.of(DType.FLOAT16, 5), "vae")).get(file);
        byte[] six = content(write("six", SynthesisOptions.of(DType.FLOAT16, 6), "vae")).get(file);
        assertEquals(five.length, six.length);
        assertFalse(Arrays.equals(five, six));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void writesWhatTheModelsAskForAndNothingElse(DType type) throws IOException {
        Path target = write("all", SynthesisOptions.of(type, 1), "text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae");
        try (PipelineFolder opened = new DiffusersFolders().open(target)) {
            for (String component : List.of("text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae")) {
                Map<String, Shape> asked = parameters(component).get(component);
                Parameters written = opened.parameters(component);
                assertEquals(asked.keySet(), written.names());
                asked.forEach((name, shape) -> assertEquals(new Parameters.Info(type, shape.sizes()), written.info(name)));
            }
        }
    }

    @Test
    void saysThatTheFolderIsSynthetic() throws IOException {
        Path target = write("marked", SynthesisOptions.of(DType.FLOAT16, -3), "vae");
        try (PipelineFolder opened = new DiffusersFolders().open(target)) {
            assertEquals(Optional.of("random weights of seed -3"), PipelineSynthesis.mark(opened.config()));
        }
        try (SafetensorsFile file = SafetensorsFile.open(target.resolve("vae/diffusion_pytorch_model.safetensors"))) {
            assertEquals(Map.of("format", "pt", "halftone_synthetic", "random weights of seed -3"), file.metadata());
        }
        assertEquals(Optional.empty(), PipelineSynthesis.mark(config()));
    }

    @Test
    void splitsWhatIsTooLargeForOneFileAsTheHubDoes() throws IOException {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("c", Shape.of(4, 8));
        shapes.put("a", Shape.of(16));
        shapes.put("large", Shape.of(100));
        shapes.put("b", Shape.of(2));
        try (Drawing drawing = new Drawing(2)) {
            var files = new WeightFiles("unet", "diffusion_pytorch_model", 100, "random");
            files.write(folder, shapes, SynthesisOptions.of(DType.FLOAT16, 1), drawing, bytes -> { });
        }
        assertEquals(List.of("diffusion_pytorch_model-00001-of-00003.safetensors", "diffusion_pytorch_model-00002-of-00003.safetensors",
            "diffusion_pytorch_model-00003-of-00003.safetensors", "diffusion_pytorch_model.safetensors.index.json"),
            List.copyOf(content(folder).keySet()));
        try (var weights = SafetensorsFiles.open(folder, List.of("diffusion_pytorch_model"))) {
            assertEquals(shapes.keySet(), new HashSet<>(weights.names()));
            assertEquals("random", weights.metadata().get("halftone_synthetic"));
            assertEquals("[100] FLOAT16", weights.info("large").toString());
        }
        String index = Files.readString(folder.resolve("diffusion_pytorch_model.safetensors.index.json"));
        assertTrue(index.contains("\"total_size\" : 300"), index);
        assertTrue(index.contains("\"large\" : \"diffusion_pytorch_model-00002-of-00003.safetensors\""), index);
    }

    @Test
    void hasTheSameWeightsInShardsAsInOneFile() throws IOException {
        Map<String, Shape> shapes = new TreeMap<>(Map.of("a.weight", Shape.of(64, 64), "b.weight", Shape.of(64, 64)));
        Files.createDirectories(folder.resolve("one"));
        Files.createDirectories(folder.resolve("two"));
        try (Drawing drawing = new Drawing(1)) {
            var options = new SynthesisOptions(DType.FLOAT32, 1, 1);
            new WeightFiles("unet", "model", 1 << 20, "m").write(folder.resolve("one"), shapes, options, drawing, bytes -> { });
            new WeightFiles("unet", "model", 1 << 14, "m").write(folder.resolve("two"), shapes, options, drawing, bytes -> { });
        }
        try (var one = SafetensorsFiles.open(folder.resolve("one"), List.of("model"));
             var two = SafetensorsFiles.open(folder.resolve("two"), List.of("model"))) {
            assertArrayEquals(one.read("b.weight").toFloats(), two.read("b.weight").toFloats());
        }
    }

    @Test
    void tellsHowFarItIs() throws IOException {
        List<Long> told = new ArrayList<>();
        Map<String, Map<String, Shape>> vae = parameters("vae");
        PipelineSynthesis.write(files(), config(), vae, folder.resolve("told"), SynthesisOptions.of(DType.FLOAT16, 1), (bytes, all) -> {
            told.add(bytes);
            assertEquals(2 * vae.get("vae").values().stream().mapToLong(shape -> shape.count().size()).sum(), all);
        });
        assertEquals(told.stream().sorted().toList(), told);
        assertEquals(vae.get("vae").size(), told.size());
        assertEquals(Files.size(folder.resolve("told/vae/diffusion_pytorch_model.safetensors")) / 1_000,
            told.get(told.size() - 1) / 1_000, 40, "a header of less than 40 kB on top");
    }

    @Test
    void leavesNothingBehindWhereItIsStopped() throws IOException {
        Map<String, Map<String, Shape>> vae = parameters("vae");
        Path target = folder.resolve("stopped");
        var stopped = assertThrows(IllegalStateException.class, () -> PipelineSynthesis.write(files(), config(), vae, target,
            SynthesisOptions.of(DType.FLOAT16, 1), (bytes, all) -> {
                throw new IllegalStateException("stop");
            }));
        assertEquals("stop", stopped.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void refusesAFolderThatIsNotEmpty() throws IOException {
        Files.writeString(folder.resolve("file"), "");
        var refused = assertThrows(IllegalArgumentException.class,
            () -> PipelineSynthesis.write(files(), config(), parameters("vae"), folder, SynthesisOptions.of(DType.FLOAT16, 1), UNHEARD));
        assertEquals(folder + ": found a folder that is not empty; expected one that is, or none", refused.getMessage());
    }

    @Test
    void refusesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        var refused = assertThrows(IllegalArgumentException.class,
            () -> PipelineSynthesis.write(files(), config(), parameters("vae"), file, SynthesisOptions.of(DType.FLOAT16, 1), UNHEARD));
        assertEquals(file + ": found a file; expected a folder that is empty or not there", refused.getMessage());
        assertEquals("kept", Files.readString(file));
    }

    @Test
    void takesAFolderThatIsEmpty() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        assertTrue(Files.isRegularFile(write("empty", SynthesisOptions.of(DType.FLOAT16, 1), "vae").resolve("model_index.json")));
    }

    @Test
    void refusesAComponentThatThePipelineHasNot() throws IOException {
        Map<String, Map<String, Shape>> unet = Map.of("unet", Map.of("a", Shape.of(1)));
        var refused = assertThrows(IllegalArgumentException.class,
            () -> PipelineSynthesis.write(files(), config(), unet, folder.resolve("x"), SynthesisOptions.of(DType.FLOAT16, 1), UNHEARD));
        assertTrue(refused.getMessage().startsWith("tiny/model_index.json: component unet: found none; expected one beside "),
            refused.getMessage());
    }

    @Test
    void refusesMoreThanTheDiskHolds() throws IOException {
        Map<String, Map<String, Shape>> huge = Map.of("vae", Map.of("a", Shape.of(1L << 59)));
        var refused = assertThrows(IOException.class,
            () -> PipelineSynthesis.write(files(), config(), huge, folder.resolve("x"), SynthesisOptions.of(DType.FLOAT16, 1), UNHEARD));
        assertTrue(refused.getMessage().endsWith(" bytes; expected " + (1L << 60) + " for the weights alone"), refused.getMessage());
    }

    @Test
    void refusesATypeThatNoModelComputesIn() {
        assertEquals("dtype: found INT8; expected FLOAT32, FLOAT16 or BFLOAT16",
            assertThrows(IllegalArgumentException.class, () -> SynthesisOptions.of(DType.INT8, 1)).getMessage());
        assertEquals("threads: found 0; expected >= 1",
            assertThrows(IllegalArgumentException.class, () -> new SynthesisOptions(DType.FLOAT16, 1, 0)).getMessage());
    }
}
