package io.halftone.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.checkpoint.Samples.Memory;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not opened, and what is said of it. */
class RefusalTest {
    @TempDir
    Path folder;

    private Path good() throws IOException {
        Memory memory = new Memory(Map.of("a.weight", Samples.weight(DType.FLOAT16, 1, 32, 64)));
        QuantizedLayer layer = Samples.layer(Samples.INT8, Samples.linear("a", 64, 32), memory.read("a.weight"), Map.of(), List.of());
        var backbone = new QuantizedBackbone("{}", DType.FLOAT16, "0123", memory, memory, List.of(layer), Set.of());
        return CheckpointWriter.write(backbone, folder.resolve("x.safetensors"), StorageOptions.COMPACT, (done, of) -> {}).checkpoint();
    }

    @Test
    void everythingMissingOrContradictoryIsListed() throws IOException {
        Path good = good();
        Path bad = folder.resolve("bad.safetensors");
        Map<String, TensorView> tensors = new TreeMap<>();
        Map<String, String> metadata;
        try (SafetensorsFile file = SafetensorsFile.open(good)) {
            file.names().forEach(name -> tensors.put(name, file.read(name)));
            metadata = file.metadata();
        }
        tensors.remove("a.input_quantizer._amax");
        tensors.put("a.weight", Samples.weight(DType.FLOAT16, 1, 32, 64));
        tensors.put("a.weight_quantizer._amax", TensorView.ofFloats(new float[31], 31));
        float[] scales = new float[32];
        tensors.put("a.weight_scale", TensorView.ofFloats(scales, 32));
        save(bad, tensors, metadata);
        var e = assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(bad));
        assertEquals(bad + ": a.input_quantizer._amax: found none; expected it"
            + "; and a.weight_quantizer._amax: found [31] FLOAT32; expected [32] FLOAT32"
            + "; and a.weight: found [32, 64] FLOAT16; expected [32, 64] INT8"
            + "; and a.weight_scale: found 0.0; expected values finite and > 0", sorted(e.getMessage()));
    }

    /** The order of a codec's two tensors is that of a map. */
    private static String sorted(String message) {
        List<String> parts = new ArrayList<>(List.of(message.split("; and ")));
        parts.subList(2, 4).sort(null);
        return String.join("; and ", parts);
    }

    private static void save(Path path, Map<String, TensorView> tensors, Map<String, String> metadata) throws IOException {
        Map<String, Parameters.Info> infos = new TreeMap<>();
        tensors.forEach((name, view) -> infos.put(name, new Parameters.Info(view.dtype(), view.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(path, infos, metadata)) {
            for (var tensor : tensors.entrySet()) {
                writer.write(tensor.getKey(), tensor.getValue());
            }
            writer.commit();
        }
    }

    @Test
    void manifestOfAnotherReleaseIsRefused() throws IOException {
        Path path = folder.resolve("other.safetensors");
        Map<String, TensorView> tensors = Map.of("x", TensorView.ofFloats(new float[1], 1));
        save(path, tensors, Map.of("halftone", "{}", "halftone.storage", "{\"version\":7}"));
        var version = assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path));
        assertEquals(path + ": halftone.storage: found version 7; expected 1", version.getMessage());
        save(path, tensors, Map.of("halftone", "{}", "halftone.storage", "{"));
        assertTrue(assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage().endsWith("; expected JSON"));
        save(path, tensors, Map.of("halftone", "{}"));
        var none = assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path));
        assertEquals(path + ": found a recipe and no halftone.storage; expected a checkpoint of this release", none.getMessage());
    }

    @Test
    void manifestWithWordsOrSizesOfNoReleaseIsRefused() throws IOException {
        Path path = folder.resolve("other.safetensors");
        Map<String, TensorView> tensors = Map.of("x", TensorView.ofFloats(new float[1], 1));
        save(path, tensors, Map.of("halftone", "{}", "halftone.storage", "{\"version\":1,\"computeType\":\"FLOAT31\"}"));
        assertEquals(path + ": halftone.storage: found No enum constant io.halftone.ops.DType.FLOAT31; expected what this release writes"
            + " (is it of another release?)", assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage());
        save(path, tensors, Map.of("halftone", "{}", "halftone.storage", "{\"version\":1,\"computeType\":\"F; expected G\"}"));
        assertEquals(path + ": halftone.storage: found No enum constant io.halftone.ops.DType.F; expected G; expected what this release writes"
            + " (is it of another release?)", assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage());
        for (String scales : List.of("-1", "2000000000")) {
            save(path, tensors, Map.of("halftone", "{}", "halftone.storage", "{\"version\":1,\"computeType\":\"FLOAT32\",\"layers\":{\"a\":{\"weight\":"
                + "{\"codes\":\"INT8\",\"scales\":" + scales + ",\"axis\":0,\"layout\":\"MODEL_OPTIMIZER\",\"shape\":[2000000000,4]}}}}"));
            assertEquals(path + ": halftone.storage: found " + scales + " scales along axis 0 of [2000000000, 4]; expected 1, or as many as the axis has"
                + " (is it of another release?)", assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage());
        }
    }

    @Test
    void truncatedFileIsRefused() throws IOException {
        Path path = good();
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 5));
        assertTrue(assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage().contains("is it truncated?"));
    }

    @Test
    void filesOfOtherKindsAreRefusedByName() throws IOException {
        String ours = "; expected a checkpoint that quantize wrote";
        refused("a.pt", "PK\u0003\u0004zip", "found a zip archive, as torch.save writes it" + ours
            + " (its pickle can run code when it is opened, so none is: quantize the pipeline's safetensors files instead)");
        refused("b.ckpt", "\u0080\u0002}q", "found a pickle" + ours
            + " (it can run code when it is opened, so none is: quantize the pipeline's safetensors files instead)");
        refused("c.gguf", "GGUF\u0003", "found GGUF" + ours + ", a safetensors file");
    }

    private void refused(String name, String bytes, String expected) throws IOException {
        Path path = Files.write(folder.resolve(name), bytes.getBytes(StandardCharsets.ISO_8859_1));
        var e = assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path));
        assertEquals(path + ": " + expected, e.getMessage());
    }

    @Test
    void checkpointsOfOtherQuantizersAreRefusedByName() throws IOException {
        String ours = "; expected a checkpoint that quantize wrote";
        Path path = folder.resolve("model.safetensors");
        TensorView value = TensorView.ofFloats(new float[1], 1);
        for (String method : List.of("bitsandbytes", "compressed-tensors", "torchao")) {
            save(path, Map.of("x", value), Map.of());
            Files.writeString(folder.resolve("config.json"), "{\"quantization_config\":{\"quant_method\":\"" + method + "\"}}");
            assertEquals(path + ": found a checkpoint quantized by " + method + ours, message(path));
        }
        Files.writeString(folder.resolve("config.json"), "{\"quantization_config\":{\"quant_method\":\"modelopt\"}}");
        assertEquals(path + ": found a checkpoint quantized by NVIDIA Model Optimizer" + ours, message(path));
        Files.delete(folder.resolve("config.json"));
        assertEquals(path + ": found a safetensors file without a recipe" + ours, message(path));
        save(path, Map.of("x.weight_packed", value), Map.of());
        assertEquals(path + ": found a checkpoint quantized by compressed-tensors" + ours, message(path));
        save(path, Map.of("x.weight.quant_state.bitsandbytes__nf4", value), Map.of());
        assertEquals(path + ": found a checkpoint quantized by bitsandbytes" + ours, message(path));
        save(path, Map.of("x", value), Map.of("_quantization_metadata", "{}"));
        assertEquals(path + ": found a checkpoint quantized for ComfyUI" + ours, message(path));
    }

    private static String message(Path path) {
        return assertThrows(CheckpointException.class, () -> StoredCheckpoint.open(path)).getMessage();
    }

    @Test
    void folderWithoutACheckpointIsRefused() throws IOException {
        assertEquals(folder + ": found no safetensors file; expected one checkpoint; name its file", message(folder));
        Files.writeString(folder.resolve("a.safetensors"), "");
        Files.writeString(folder.resolve("b.safetensors"), "");
        assertEquals(folder + ": found a.safetensors, b.safetensors; expected one checkpoint; name its file", message(folder));
    }
}
