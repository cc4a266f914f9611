package io.halftone.testkit;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.model.ModelConfig;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Preset;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads what a test compares an adapter with: a configuration, and the names and shapes of a checkpoint's tensors. */
public final class CheckpointFiles {
    /** Python writes infinities as they are: a published scheduler has {@code "lambda_min_clipped": -Infinity}. */
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
    private static final int HEADER_LIMIT = 100_000_000;

    private CheckpointFiles() {}

    /** The configuration in a JSON file. */
    public static ModelConfig config(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return config(file.getFileName().toString(), in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration in a JSON resource beside a test class. */
    public static ModelConfig config(Class<?> test, String resource) {
        try (InputStream in = open(test, resource)) {
            return config(resource, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration that a folder of a preset's files would have. */
    public static PipelineConfig config(Preset preset) {
        Map<String, ModelConfig> components = new TreeMap<>();
        preset.files().forEach((path, text) -> {
            if (path.endsWith("config.json")) {
                components.put(path.substring(0, path.indexOf('/')), config(path, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
            }
        });
        String index = preset.files().get("model_index.json");
        if (index == null) {
            throw new IllegalArgumentException("model_index.json: found none; expected one beside " + preset.files().keySet());
        }
        return new PipelineConfig(config("model_index.json", new ByteArrayInputStream(index.getBytes(StandardCharsets.UTF_8))), components);
    }

    /** Shape by name, from the header of a safetensors file. */
    public static Map<String, Shape> shapes(Path safetensors) {
        try (var in = new DataInputStream(Files.newInputStream(safetensors))) {
            long length = Long.reverseBytes(in.readLong());
            if (length < 2 || length > HEADER_LIMIT) {
                throw new IOException(safetensors.getFileName() + ": found a header of " + length + " bytes; expected 2 to " + HEADER_LIMIT);
            }
            Map<String, Shape> shapes = new TreeMap<>();
            JSON.readTree(in.readNBytes((int) length)).fields().forEachRemaining(tensor -> {
                if (!tensor.getKey().equals("__metadata__")) {
                    shapes.put(tensor.getKey(), shape(tensor.getValue().get("shape")));
                }
            });
            return shapes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shape by name, from a JSON resource beside a test class: an object of lists of numbers. */
    public static Map<String, Shape> shapes(Class<?> test, String resource) {
        try (InputStream in = open(test, resource)) {
            Map<String, Shape> shapes = new TreeMap<>();
            JSON.readTree(in).fields().forEachRemaining(tensor -> shapes.put(tensor.getKey(), shape(tensor.getValue())));
            return shapes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ModelConfig config(String source, InputStream in) {
        try {
            return ModelConfig.of(source, JSON.readValue(in, new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(source + ": " + e.getMessage(), e);
        }
    }

    private static InputStream open(Class<?> test, String resource) throws IOException {
        InputStream in = test.getResourceAsStream(resource);
        if (in == null) {
            throw new IOException("resource " + resource + ": found none; expected it beside " + test.getName());
        }
        return in;
    }

    private static Shape shape(JsonNode extents) {
        long[] sizes = new long[extents.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = extents.get(i).asLong();
        }
        return Shape.of(sizes);
    }
}
