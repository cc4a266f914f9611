package io.halftone.checkpoint.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.checkpoint.CheckpointWriter;
import io.halftone.checkpoint.Form;
import io.halftone.checkpoint.Layout;
import io.halftone.checkpoint.QuantizedBackbone;
import io.halftone.checkpoint.QuantizedLayer;
import io.halftone.checkpoint.Samples;
import io.halftone.checkpoint.Samples.Format;
import io.halftone.checkpoint.Samples.Memory;
import io.halftone.checkpoint.StorageOptions;
import io.halftone.checkpoint.StoredCheckpoint;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.LayerRewrite;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherProgramsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Layer LINEAR = Samples.linear("a", 64, 32);
    private static final Layer CONV = new Layer.Conv("c", Role.CONVOLUTION, 3, 4, 3, 1, 1, true);

    @TempDir
    Path folder;

    private static QuantizedBackbone backbone(Map<Layer, Format> formats, boolean smoothed) {
        Memory memory = new Memory(Map.of("a.weight", Samples.weight(DType.FLOAT16, 1, 32, 64),
            "c.weight", Samples.weight(DType.FLOAT16, 2, 4, 3, 3, 3)));
        List<QuantizedLayer> layers = formats.entrySet().stream().map(e -> {
            QuantizedLayer layer = Samples.layer(e.getValue(), e.getKey(), memory.read(e.getKey().name() + ".weight"), Map.of(), List.of());
            return smoothed ? new QuantizedLayer(layer.layer(), layer.state(), new Doubled(layer.rewrite())) : layer;
        }).toList();
        return new QuantizedBackbone("{}", DType.FLOAT16, "0", memory, memory, layers, Set.of("z"));
    }

    private record Doubled(LayerRewrite then) implements LayerRewrite {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
            float[] twos = new float[(int) layer.in()];
            java.util.Arrays.fill(twos, 2);
            return then.linear(ops, layer, ops.mul(x, ops.constant(twos, Shape.of(twos.length), ops.dtype(x))), w);
        }
    }

    private Path write(QuantizedBackbone backbone, Layout layout, boolean comfy, String config, long shard) throws IOException {
        return CheckpointWriter.write(backbone, folder.resolve("m.safetensors"),
            new StorageOptions(Form.COMPACT, layout, comfy, config, shard), (done, of) -> {}).checkpoint();
    }

    private static String comfy(Path path) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return file.metadata().get("_quantization_metadata");
        }
    }

    @Test
    void fp8IsDescribedForBothInOnePass() throws IOException {
        Path path = write(backbone(Map.of(LINEAR, Samples.FP8), false), Layout.MODEL_OPTIMIZER, true, "{\"_class_name\":\"X\",\"n\":3}", 0);
        assertEquals("{\"format_version\":\"1.0\",\"layers\":{\"a\":{\"format\":\"float8_e4m3fn\"}}}", comfy(path));
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile());
        assertEquals("X", config.path("_class_name").asText());
        String version = config.at("/quantization_config/producer/version").asText();
        assertTrue(version.matches("\\d+\\.\\d+\\.\\d+.*"), version);
        assertEquals(JSON.readTree("""
            {"config_groups":{"group_0":{"input_activations":{"dynamic":false,"num_bits":8,"type":"float"},
            "weights":{"dynamic":false,"num_bits":8,"type":"float"},"targets":["Linear"]}},
            "ignore":["z"],"quant_algo":"FP8","producer":{"name":"halftone","version":"@"},"quant_method":"modelopt"}
            """.replace("@", version)), config.path("quantization_config"));
    }

    @Test
    void shardsSayTheSameInEachFile() throws IOException {
        write(backbone(Map.of(LINEAR, Samples.FP8), false), Layout.MODEL_OPTIMIZER, true, "{}", 100);
        assertTrue(Files.exists(folder.resolve("m.safetensors.index.json")) && Files.exists(folder.resolve("config.json")));
        try (var files = Files.newDirectoryStream(folder, "*-of-*.safetensors")) {
            for (Path shard : files) {
                assertEquals("{\"format_version\":\"1.0\",\"layers\":{\"a\":{\"format\":\"float8_e4m3fn\"}}}", comfy(shard));
            }
        }
    }

    @Test
    void mixedFormatsNameTheirLayers() throws IOException {
        write(backbone(Map.of(LINEAR, Samples.NVFP4, CONV, Samples.INT8), false), Layout.MODEL_OPTIMIZER, false, "{}", 0);
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile()).path("quantization_config");
        assertEquals("MIXED_PRECISION", config.path("quant_algo").asText());
        assertEquals(JSON.readTree("{\"a\":{\"quant_algo\":\"NVFP4\"},\"c\":{\"quant_algo\":\"W8A8_SQ_PER_CHANNEL\"}}"),
            config.path("quantized_layers"));
        assertEquals(2, config.path("config_groups").size());
    }

    @Test
    void comfyLayoutKeepsConvolutionsAsTheyAreAndReadsBack() throws IOException {
        QuantizedBackbone backbone = backbone(Map.of(LINEAR, Samples.NVFP4, CONV, Samples.FP8), false);
        Path path = write(backbone, Layout.COMFYUI, true, "", 0);
        assertEquals("{\"format_version\":\"1.0\",\"layers\":{\"a\":{\"format\":\"nvfp4\"}}}", comfy(path));
        try (StoredCheckpoint stored = StoredCheckpoint.open(path)) {
            assertEquals(Map.of("c", "the COMFYUI layout has no codes for it"), stored.kept());
            TensorView weight = backbone.parameters().read("a.weight");
            float[] expected = Samples.roundTrip(Samples.NVFP4, weight, DType.FLOAT16, Samples.range(Samples.NVFP4, weight));
            float[] found = stored.parameters().read("a.weight").toFloats();
            for (int i = 0; i < expected.length; i++) {
                assertTrue(expected[i] == found[i], "element " + i);
            }
        }
    }

    @Test
    void comfyHasRowsOfInt8Scales() throws IOException {
        Path path = write(backbone(Map.of(LINEAR, Samples.INT8), false), Layout.COMFYUI, true, "", 0);
        assertEquals("{\"format_version\":\"1.0\",\"layers\":{\"a\":{\"format\":\"int8_tensorwise\"}}}", comfy(path));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new long[] {32, 1}, file.info("a.weight_scale").shape());
        }
    }

    private List<String> notes(QuantizedBackbone backbone, Layout layout, boolean comfy, String config) throws IOException {
        return CheckpointWriter.write(backbone, folder.resolve("m.safetensors"), new StorageOptions(Form.COMPACT, layout, comfy, config, 0),
            (done, of) -> {}).notes();
    }

    @Test
    void comfyIsToldNothingOfWhatItWouldRunOtherwise() throws IOException {
        List<String> codes = notes(backbone(Map.of(LINEAR, Samples.INT8, CONV, Samples.FP8), false), Layout.MODEL_OPTIMIZER, true, "");
        assertEquals(1, codes.size());
        assertTrue(codes.get(0).startsWith("metadata for ComfyUI are left out: found 2 layers that it does not read as they are: "),
            codes.get(0));
        assertTrue(codes.get(0).contains("a (codes in another layout)"), codes.get(0));
        assertTrue(codes.get(0).contains("c (codes of a convolution)"), codes.get(0));
        assertNull(comfy(folder.resolve("m.safetensors")));
        assertEquals(List.of("metadata for ComfyUI are left out: found 1 layers that it does not read as they are: a (smoothed); expected "
            + "linear layers without smoothing, and its layout"), notes(backbone(Map.of(LINEAR, Samples.INT8), true), Layout.COMFYUI, true, ""));
        assertEquals(List.of(), notes(backbone(Map.of(LINEAR, Samples.FP8), false), Layout.MODEL_OPTIMIZER, true, "{}"));
    }

    @Test
    void configurationThatCannotDescribeALayerNamesAMethodOfOurOwn() throws IOException {
        List<String> notes = notes(backbone(Map.of(LINEAR, Samples.NVFP4), false), Layout.COMFYUI, true, "{\"n\":3}");
        assertEquals(List.of("quantization_config says nothing that other programs read: found 1 layers that it cannot describe: a (codes in "
            + "another layout); expected products of a rounded input and a rounded weight, in Model Optimizer's layout"), notes);
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile());
        assertEquals(3, config.path("n").asInt());
        assertEquals("halftone", config.at("/quantization_config/quant_method").asText());
        assertFalse(config.path("quantization_config").has("config_groups"));
        assertEquals("config.json: found ARRAY; expected an object", assertThrows(IllegalArgumentException.class, () ->
            write(backbone(Map.of(LINEAR, Samples.FP8), false), Layout.MODEL_OPTIMIZER, false, "[]", 0)).getMessage());
    }

    private static QuantizedBackbone svd(Format format) {
        List<String> added = List.of("weight_quantizer.svdquant_lora_a", "weight_quantizer.svdquant_lora_b");
        Memory memory = new Memory(Map.of("a.weight", Samples.weight(DType.FLOAT16, 1, 32, 64),
            "a." + added.get(0), Samples.weight(DType.FLOAT16, 2, 4, 64), "a." + added.get(1), Samples.weight(DType.FLOAT16, 3, 32, 4)));
        QuantizedLayer layer = Samples.layer(format, LINEAR, memory.read("a.weight"), Map.of(), added);
        return new QuantizedBackbone("{}", DType.FLOAT16, "0", memory, memory,
            List.of(new QuantizedLayer(LINEAR, layer.state(), new Doubled(new Branch(layer.rewrite())))), Set.of("z"));
    }

    private record Branch(LayerRewrite then) implements LayerRewrite {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
            T a = ops.parameter(layer.name() + ".weight_quantizer.svdquant_lora_a", Shape.of(4, layer.in()));
            T b = ops.parameter(layer.name() + ".weight_quantizer.svdquant_lora_b", Shape.of(layer.out(), 4));
            return ops.add(then.linear(ops, layer, x, w), ops.linear(ops.linear(x, a), b));
        }
    }

    @Test
    void nvfp4WithNarrowMatricesIsDescribedAsModelOptimizerHasIt() throws IOException {
        QuantizedBackbone backbone = svd(Samples.NVFP4);
        assertEquals(List.of(), notes(backbone, Layout.MODEL_OPTIMIZER, false, "{}"));
        JsonNode config = JSON.readTree(folder.resolve("config.json").toFile()).path("quantization_config");
        assertEquals("NVFP4_SVD", config.path("quant_algo").asText());
        assertEquals(JSON.readTree("""
            {"input_activations":{"dynamic":false,"num_bits":4,"type":"float","group_size":16},
            "weights":{"dynamic":false,"num_bits":4,"type":"float","group_size":16},
            "has_zero_point":false,"pre_quant_scale":true,"lora_rank":4,"targets":["Linear"]}
            """), config.at("/config_groups/group_0"));
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("m.safetensors"))) {
            assertEquals("[4, 64] FLOAT16", file.info("a.svdquant_lora_a").toString());
            assertEquals("[32, 4] FLOAT16", file.info("a.svdquant_lora_b").toString());
            assertEquals(backbone.parameters().read("a.weight_quantizer.svdquant_lora_b").bytes(), file.read("a.svdquant_lora_b").bytes());
            assertEquals(2, file.read("a.pre_quant_scale").toFloats()[63]);
        }
        try (StoredCheckpoint stored = StoredCheckpoint.open(folder)) {
            assertEquals(backbone.parameters().names(), stored.parameters().names());
        }
    }

    @Test
    void otherFormatsWithNarrowMatricesAreNotDescribed() throws IOException {
        assertEquals(List.of("quantization_config says nothing that other programs read: found 1 layers that it cannot describe: a (more than "
            + "one product); expected products of a rounded input and a rounded weight, in Model Optimizer's layout"),
            notes(svd(Samples.INT8), Layout.MODEL_OPTIMIZER, false, "{}"));
    }

    @Test
    void onlyCodesAreDescribedForOthers() {
        var e = assertThrows(IllegalArgumentException.class, () -> new StorageOptions(Form.FULL, Layout.MODEL_OPTIMIZER, true, "", 0));
        assertEquals("form: found FULL; expected COMPACT, for ComfyUI and a quantization_config speak of weights of 8 or 4 bits",
            e.getMessage());
        assertEquals("shard: found -1 bytes; expected >= 0, 0 for a single file", assertThrows(IllegalArgumentException.class, () ->
            new StorageOptions(Form.FULL, Layout.MODEL_OPTIMIZER, false, "", -1)).getMessage());
    }
}
