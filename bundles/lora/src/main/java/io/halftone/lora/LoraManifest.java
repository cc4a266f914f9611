package io.halftone.lora;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a folder with fused LoRAs says of itself.
 *
 * @param loras      in the order in which they were added
 * @param components those that were changed, by name
 */
record LoraManifest(List<LoraDigest> loras, SortedMap<String, Changed> components) {
    /**
     * A component that was changed.
     *
     * @param weights   the name of its weight file
     * @param originals the SHA-256 of the file with the tensors that were replaced
     */
    record Changed(String weights, String originals) {}

    static final String FILE = "halftone_lora.json";
    /** The folder with the tensors that were replaced. */
    static final String FOLDER = "halftone_lora";
    private static final int VERSION = 1;
    private static final long MAX_BYTES = 1L << 20;
    private static final String NAME = "\\w[\\w.-]*";
    private static final JsonMapper JSON = JsonMapper.builder(
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(SerializationFeature.INDENT_OUTPUT).build();

    LoraManifest {
        loras = List.copyOf(loras);
        components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    }

    /** Where the replaced tensors of a component are, from the top of the folder. */
    static String originals(String component) {
        return FOLDER + "/" + component + ".original.safetensors";
    }

    void write(Path folder) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION);
        var list = root.putArray("loras");
        for (LoraDigest lora : loras) {
            list.addObject().put("file", lora.file()).put("sha256", lora.sha256()).put("scale", lora.scale());
        }
        ObjectNode changed = root.putObject("components");
        components.forEach((component, files) -> changed.putObject(component).put("weights", files.weights())
            .put("originals", originals(component)).put("sha256", files.originals()));
        Files.write(folder.resolve(FILE), JSON.writeValueAsBytes(root));
    }

    /**
     * The manifest of a folder; empty if it has none.
     *
     * @throws CheckpointException if there is one that is not as {@link #write} makes it, or a file that it names is missing
     */
    static Optional<LoraManifest> read(Path folder) {
        Path path = folder.resolve(FILE);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new CheckpointException(path + ": found " + Files.size(path) + " bytes; expected at most " + MAX_BYTES);
            }
            return Optional.of(parse(folder, path, JSON.readTree(Files.readAllBytes(path))));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(path + ": found " + e.getOriginalMessage() + "; expected a JSON object", e);
        } catch (IOException e) {
            throw new CheckpointException(path + ": found " + e + "; expected a readable file", e);
        }
    }

    private static LoraManifest parse(Path folder, Path path, JsonNode root) {
        if (!root.path("version").isInt() || root.path("version").intValue() != VERSION) {
            throw new CheckpointException(path + ": version: found " + shown(root.path("version")) + "; expected " + VERSION);
        }
        List<LoraDigest> loras = new ArrayList<>();
        for (JsonNode lora : root.path("loras")) {
            if (!lora.path("file").isTextual() || !lora.path("sha256").isTextual() || !lora.path("scale").isNumber()) {
                throw new CheckpointException(path + ": loras: found " + shown(lora) + "; expected a file, its sha256 and a scale");
            }
            try {
                loras.add(new LoraDigest(lora.path("file").textValue(), lora.path("sha256").textValue(), lora.path("scale").doubleValue()));
            } catch (IllegalArgumentException e) {
                throw new CheckpointException(path + ": loras: " + e.getMessage(), e);
            }
        }
        SortedMap<String, Changed> components = new TreeMap<>();
        for (var component : root.path("components").properties()) {
            String name = component.getKey();
            JsonNode files = component.getValue();
            String file = files.path("weights").asText();
            if (!name.matches(NAME) || !file.matches(NAME) || !files.path("originals").asText().equals(originals(name))
                || !files.path("sha256").isTextual()) {
                throw new CheckpointException(path + ": components: found " + name + " with " + shown(files)
                    + "; expected the name of its weights, " + originals(name) + " and its sha256");
            }
            for (Path needed : List.of(folder.resolve(name).resolve(file), folder.resolve(originals(name)))) {
                if (!Files.isRegularFile(needed)) {
                    throw new CheckpointException(needed + ": found nothing; expected the file that " + FILE + " names");
                }
            }
            components.put(name, new Changed(file, files.path("sha256").textValue()));
        }
        if (loras.isEmpty() || components.isEmpty()) {
            throw new CheckpointException(path + ": found " + loras.size() + " loras and " + components.size()
                + " components; expected at least one of each");
        }
        return new LoraManifest(loras, components);
    }

    private static String shown(JsonNode node) {
        return node.isMissingNode() ? "none" : node.toString();
    }
}
