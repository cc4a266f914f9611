package io.halftone.checkpoint.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.checkpoint.Form;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a checkpoint is stored, as JSON in its metadata.
 *
 * @param base   what tells the base checkpoint from others
 * @param layers by name
 */
public record Manifest(Form form, DType computeType, String base, Map<String, LayerEntry> layers) {
    /** The metadata entry of the recipe. */
    public static final String RECIPE = "halftone";
    /** The metadata entry of a manifest. */
    public static final String KEY = "halftone.storage";
    private static final int VERSION = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    public Manifest {
        layers = Collections.unmodifiableMap(new TreeMap<>(layers));
    }

    /** On one line; the same content gives the same text. */
    public String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION).put("form", form.name()).put("computeType", computeType.name()).put("base", base);
        ObjectNode all = root.putObject("layers");
        layers.forEach((name, entry) -> {
            ObjectNode node = all.putObject(name);
            var rounded = node.putArray("rounded");
            entry.rounded().forEach(slot -> rounded.add(slot.name()));
            ObjectNode amax = node.putObject("amax");
            entry.amax().forEach((slot, count) -> amax.put(slot.name(), count));
            ObjectNode vectors = node.putObject("vectors");
            entry.vectors().forEach(vectors::put);
            var extras = node.putArray("extras");
            entry.extras().forEach(extras::add);
            var parameters = node.putArray("parameters");
            entry.parameters().forEach(parameters::add);
            entry.codec().ifPresent(codec -> codec.describe(node.putObject("weight")));
            entry.kept().ifPresent(reason -> node.put("kept", reason));
            entry.change().ifPresent(change -> node.putObject("divided").put("by", change.vector())
                .put("roundedFirst", change.roundedFirst()).put("sha256", change.digest()));
        });
        return root.toString();
    }

    /**
     * Reads a manifest.
     *
     * @param source what messages call it
     * @throws CheckpointException if it is not what {@link #json} writes
     */
    public static Manifest parse(String source, String json) {
        String where = source + ": " + KEY;
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.path("version").isInt() || root.path("version").intValue() != VERSION) {
                throw new CheckpointException(where + ": found version " + root.path("version") + "; expected " + VERSION);
            }
            DType type = DType.valueOf(root.path("computeType").asText());
            if (!type.isCompute()) {
                throw new IllegalArgumentException("found " + type + "; expected a type that a model computes in");
            }
            Map<String, LayerEntry> layers = new TreeMap<>();
            for (var field : root.path("layers").properties()) {
                layers.put(field.getKey(), entry(field.getValue(), type));
            }
            return new Manifest(Form.valueOf(root.path("form").asText()), type, root.path("base").asText(), layers);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": found " + e.getOriginalMessage() + "; expected JSON", e);
        } catch (IllegalArgumentException | ArithmeticException e) {
            String message = String.valueOf(e.getMessage());
            boolean told = message.contains("found ") && message.contains("; expected ");   // an enum says that it has no such constant, and nothing else
            throw new CheckpointException(where + ": " + (told ? message : "found " + message + "; expected what this release writes")
                + " (is it of another release?)", e);
        }
    }

    private static LayerEntry entry(JsonNode node, DType computeType) {
        Set<Slot> rounded = new TreeSet<>();
        texts(node.path("rounded")).forEach(name -> rounded.add(Slot.valueOf(name)));
        Map<Slot, Integer> amax = new EnumMap<>(Slot.class);
        node.path("amax").properties().forEach(e -> amax.put(Slot.valueOf(e.getKey()), e.getValue().asInt(-1)));
        Map<String, Integer> vectors = new TreeMap<>();
        node.path("vectors").properties().forEach(e -> vectors.put(e.getKey(), e.getValue().asInt(-1)));
        Optional<Codec> codec = node.path("weight") instanceof ObjectNode weight
            ? Optional.of(Codec.of(weight, computeType)) : Optional.empty();
        Optional<LayerEntry.Division> change = node.path("divided") instanceof ObjectNode divided
            ? Optional.of(new LayerEntry.Division(divided.path("by").asText(), divided.path("roundedFirst").asBoolean(),
                divided.path("sha256").asText()))
            : Optional.empty();
        return new LayerEntry(rounded, amax, vectors, Set.copyOf(texts(node.path("extras"))), texts(node.path("parameters")), codec,
            Optional.ofNullable(node.path("kept").textValue()), change);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
