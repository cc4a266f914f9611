package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Finds a checkpoint, and says plainly what was found where it is none of ours. */
public final class Location {
    private static final String EXPECTED = "; expected a checkpoint that quantize wrote";
    private static final String INDEX = ".safetensors.index.json";
    private static final String USUAL = "diffusion_pytorch_model";
    private static final int MAGIC_BYTES = 4;
    private static final int PICKLE = 0x80;
    private static final List<String> PICKLES = List.of(".bin", ".ckpt", ".pt", ".pth");
    private static final long MOST_CONFIG_BYTES = 16L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Location() {}

    /**
     * The file or index that a path stands for. In a folder an index goes before files, and the name that diffusers gives a
     * backbone's weights before others.
     *
     * @throws CheckpointException if there is none, more than one, or a file of another kind
     */
    public static Path find(Path path) {
        if (!Files.isDirectory(path)) {
            if (Files.isRegularFile(path)) {
                refuseOtherFiles(path);
            }
            return path;
        }
        List<Path> files = listing(path);
        List<Path> indices = files.stream().filter(f -> f.toString().endsWith(INDEX)).toList();
        List<Path> found = indices.isEmpty() ? files.stream().filter(f -> f.toString().endsWith(".safetensors")).toList() : indices;
        if (found.size() == 1) {
            return found.get(0);
        }
        for (Path file : found) {
            String name = file.getFileName().toString();
            if (name.equals(USUAL + ".safetensors") || name.equals(USUAL + INDEX)) {
                return file;
            }
        }
        if (found.isEmpty()) {
            files.stream().filter(f -> PICKLES.stream().anyMatch(f.toString()::endsWith)).findFirst().ifPresent(Location::refuseOtherFiles);
        }
        throw new CheckpointException(path + ": found " + (found.isEmpty() ? "no safetensors file"
            : String.join(", ", found.stream().map(f -> f.getFileName().toString()).toList()))
            + "; expected one checkpoint; name its file");
    }

    private static List<Path> listing(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": found " + e + "; expected a readable folder", e);
        }
    }

    private static void refuseOtherFiles(Path file) {
        byte[] magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = in.readNBytes(MAGIC_BYTES);
        } catch (IOException e) {
            throw new CheckpointException(file + ": found " + e + "; expected a readable file", e);
        }
        String text = new String(magic, StandardCharsets.ISO_8859_1);
        if (text.equals("GGUF")) {
            throw new CheckpointException(file + ": found GGUF" + EXPECTED + ", a safetensors file");
        }
        if (text.equals("PK\u0003\u0004")) {
            throw new CheckpointException(file + ": found a zip archive, as torch.save writes it" + EXPECTED
                + " (its pickle can run code when it is opened, so none is: quantize the pipeline's safetensors files instead)");
        }
        // protocol 2 to 5; a safetensors file that began so would have a header of 512 bytes and more, its third byte 0
        if (magic.length == MAGIC_BYTES && (magic[0] & 0xff) == PICKLE && magic[1] >= 2 && magic[1] <= 5 && magic[2] != 0) {
            throw new CheckpointException(file + ": found a pickle" + EXPECTED
                + " (it can run code when it is opened, so none is: quantize the pipeline's safetensors files instead)");
        }
    }

    /** What to say of a safetensors file without our entries. */
    public static CheckpointException notOurs(Path file, Map<String, String> metadata, Set<String> names) {
        return new CheckpointException(file + ": found " + quantizedBy(file, metadata, names) + EXPECTED);
    }

    private static String quantizedBy(Path file, Map<String, String> metadata, Set<String> names) {
        Path config = file.toAbsolutePath().resolveSibling("config.json");
        if (Files.isRegularFile(config) && config.toFile().length() <= MOST_CONFIG_BYTES) {
            try (InputStream in = Files.newInputStream(config)) {
                JsonNode quantization = JSON.readTree(in).path("quantization_config");
                String method = quantization.path("quant_method").asText("");
                if (!method.isEmpty()) {
                    return "a checkpoint quantized by " + (method.equals("modelopt") ? "NVIDIA Model Optimizer" : method);
                }
            } catch (IOException e) {
                return "a safetensors file without a recipe, beside a config.json that cannot be read (" + e.getMessage() + ")";
            }
        }
        if (metadata.containsKey(OtherPrograms.COMFY_KEY)) {
            return "a checkpoint quantized for ComfyUI";
        }
        for (String name : names) {
            if (name.contains(".quant_state.bitsandbytes") || name.endsWith(".SCB")) {
                return "a checkpoint quantized by bitsandbytes";
            }
            if (name.endsWith(".weight_packed")) {
                return "a checkpoint quantized by compressed-tensors";
            }
            if (name.endsWith(".weight_scale") || name.endsWith(".scale_weight")) {
                return "a quantized checkpoint of another program";
            }
        }
        return "a safetensors file without a recipe";
    }
}
