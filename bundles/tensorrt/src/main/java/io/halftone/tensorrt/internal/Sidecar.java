package io.halftone.tensorrt.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.halftone.export.EngineException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands beside an engine file: what it was built of, for and with. TensorRT's own file says none of it.
 *
 * @param format   number of this format
 * @param model    name of the model file
 * @param onnx     SHA-256 of the model with its external data
 * @param platform what it was built by and for
 * @param profile  the shapes that it takes
 * @param level    the builder's effort
 * @param workspace scratch memory of a layer, MiB; 0 for what the GPU has
 * @param metadata the facts stored with the model, its recipe among them
 * @param layers   what became of its layers
 * @param bytes    size of the engine file
 * @param plan     SHA-256 of the engine file
 */
record Sidecar(int format, String model, String onnx, Platform platform, Profile profile, int level, long workspace,
               Map<String, String> metadata, LayerInfo layers, long bytes, String plan) {
    static final int FORMAT = 3;
    private static final long MOST_BYTES = 64L << 20;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    Sidecar {
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /** The file beside an engine that describes it. */
    static Path file(Path engine) {
        return engine.resolveSibling(engine.getFileName() + ".json");
    }

    /** Whether there is one. */
    static boolean exists(Path engine) {
        return Files.isRegularFile(file(engine));
    }

    /**
     * Reads what stands beside an engine.
     *
     * @throws EngineException if there is nothing, or nothing that this version wrote
     */
    static Sidecar read(Path engine) throws IOException {
        Path file = file(engine);
        if (!Files.isRegularFile(file)) {
            throw new EngineException(engine + ": found no " + file.getFileName() + " beside it; expected the description that a build "
                + "writes: a TensorRT engine is built from an exported model first");
        }
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new EngineException(file + ": found " + size + " bytes; expected at most " + MOST_BYTES);
        }
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            int found = root.path("format").asInt();
            if (found != FORMAT) {
                throw new EngineException(file + ": found format " + found + "; expected " + FORMAT + ": build it again");
            }
            return JSON.treeToValue(root, Sidecar.class);
        } catch (JsonProcessingException | CharConversionException | IllegalArgumentException e) {
            throw new EngineException(file + ": found " + e.getMessage().lines().findFirst().orElse("") + "; expected the description of "
                + "an engine", e);
        }
    }

    /** As it is written. */
    byte[] json() {
        try {
            return (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("description of an engine: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
    }

    /** What decides how an engine comes out: builds of equal keys are interchangeable. */
    static String key(String onnx, Platform platform, Profile profile, BuildOptions options) {
        var digest = new Digest();
        for (Object part : new Object[] {FORMAT, onnx, platform, profile, options.level(), options.workspace()}) {
            digest.add(ByteBuffer.wrap((part + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        return digest.text();
    }

    /** The key that this engine was built under. */
    String key() {
        var options = new BuildOptions(new Shapes(Map.of()), new Shapes(Map.of()), new Shapes(Map.of()), level, workspace, "", 0);
        return key(onnx, platform, profile, options);
    }
}
