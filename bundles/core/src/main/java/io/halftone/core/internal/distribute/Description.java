package io.halftone.core.internal.distribute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Identity;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.Work;
import io.halftone.ops.EagerRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What another process needs to know of work, as JSON: what it runs over, the pipeline and what tells its weights from others, and
 * what each kind of work adds. Records are written and read by their components; nothing in it names a class.
 */
public final class Description {
    /** Of the form. */
    private static final int VERSION = 2;
    /** Bytes of a text of binary data: a reader of JSON takes 20 million characters at most. */
    private static final int PIECE = 3 << 20;
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final JsonNode root;

    private Description(JsonNode root) {
        this.root = root;
    }

    /**
     * Describes work; what its kind adds is put into the node.
     *
     * @param engines whether engines take part
     */
    public static ObjectNode of(String kind, Plugins plugins, OpenPipeline pipeline, EagerRuntime runtime, boolean engines) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("kind", kind);
        root.set("surroundings", JSON.valueToTree(Surroundings.facts(plugins, runtime, engines)));
        PipelineSource source = pipeline.source();
        List<LoraSource> loras = source.loras().stream().map(lora -> new LoraSource(Path.of(lora.file()).toAbsolutePath().normalize().toString(),
            lora.scale())).toList();
        root.set("source", JSON.valueToTree(new PipelineSource(pipeline.folder().path().toString(), source.model(), source.computeType(), loras,
            source.leaveLoras())));
        root.set("pipeline", Identity.pipeline(pipeline));
        return root;
    }

    /** Work of that description, for a distributor. */
    public static Work work(ObjectNode root) {
        String text = root.toString();
        String model = root.at("/source/model").asText();
        String subject = model.isEmpty() ? String.valueOf(Path.of(root.at("/source/path").asText()).getFileName()) : model;
        return new Work(root.path("kind").asText(), subject, Digests.sha256(StandardCharsets.UTF_8.encode(text)), text);
    }

    /** A value as descriptions have it. */
    public static JsonNode json(Object value) {
        return JSON.valueToTree(value);
    }

    /** Binary data as descriptions have it: an array of texts, Base64, as one text may be too long. */
    public static JsonNode binary(byte[] bytes) {
        ArrayNode pieces = JSON.createArrayNode();
        for (int from = 0; from < bytes.length; from += PIECE) {
            pieces.add(Base64.getEncoder().encodeToString(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE))));
        }
        return pieces;
    }

    /**
     * Reads {@link #binary}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static byte[] bytes(JsonNode pieces) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonNode piece : pieces) {
            bytes.writeBytes(Base64.getDecoder().decode(piece.asText()));
        }
        return bytes.toByteArray();
    }

    /** Runs with their prompts written out, so that no file is needed. */
    public static JsonNode runs(CalibrationSettings runs, List<String> prompts) {
        return json(new CalibrationSettings(prompts, "", runs.size(), runs.batchSize(), runs.steps(), runs.guidanceScale(), runs.height(), runs.width(),
            runs.seed()));
    }

    /**
     * Reads a description.
     *
     * @throws IllegalArgumentException if it is none of this version
     */
    public static Description parse(String text) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("description: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
        if (root.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException("description: found version " + root.path("version") + "; expected " + VERSION);
        }
        return new Description(root);
    }

    /** The kind of work. */
    public String kind() {
        return root.path("kind").asText();
    }

    /** The pipeline, where the process that describes it has it. */
    public PipelineSource source() {
        return read("source", PipelineSource.class);
    }

    /** What lies at a key. */
    public JsonNode at(String key) {
        return root.path(key);
    }

    /**
     * What lies at a key, as a record.
     *
     * @throws IllegalArgumentException if it is no such record
     */
    public <R> R read(String key, Class<R> type) {
        try {
            JsonNode node = root.get(key);
            if (node == null || node.isNull()) {
                throw new IllegalArgumentException("description: found no " + key + "; expected one");
            }
            return JSON.treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("description: " + key + ": found " + e.getOriginalMessage() + "; expected a "
                + type.getSimpleName(), e);
        }
    }

    /**
     * Refuses what is not as described: plugins, runtime, device.
     *
     * @throws RefusalException naming all that differs
     */
    public void checkSurroundings(Plugins plugins, EagerRuntime runtime, boolean engines) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        at("surroundings").fields().forEachRemaining(fact -> expected.put(fact.getKey(), fact.getValue().asText()));
        refuse(Surroundings.differences(expected, Surroundings.facts(plugins, runtime, engines)));
    }

    /**
     * Refuses a pipeline other than the described one.
     *
     * @throws RefusalException naming all that differs
     */
    public void checkPipeline(OpenPipeline pipeline) {
        List<String> differences = new ArrayList<>();
        compare("pipeline " + pipeline.folder().path(), at("pipeline"), Description.json(Identity.pipeline(pipeline)), differences);
        refuse(differences);
    }

    /**
     * Refuses a digest other than the described one.
     *
     * @throws RefusalException if it differs
     */
    public void checkDigest(String what, String found) {
        if (!found.equals(at("digest").asText())) {
            refuse(List.of(what + ": found one of digest " + found + "; expected " + at("digest").asText()));
        }
    }

    private static void refuse(List<String> differences) {
        if (!differences.isEmpty()) {
            throw new RefusalException(differences);
        }
    }

    private static void compare(String where, JsonNode expected, JsonNode found, List<String> differences) {
        if (expected.isObject() && found.isObject()) {
            TreeSet<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            found.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(where + ": " + name, expected.path(name), found.path(name), differences));
        } else if (!expected.toString().equals(found.toString())) {
            differences.add(where + ": found " + said(found) + "; expected " + said(expected));
        }
    }

    private static String said(JsonNode node) {
        return node.isMissingNode() ? "none" : node.isTextual() ? node.textValue() : node.toString();
    }
}
