package io.halftone.core.internal.quantize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.CheckpointException;
import io.halftone.quant.LayerState;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a checkpoint came to be, as JSON that its metadata keeps: everything that was chosen, and what each layer has. It holds
 * no path and no time, so that the same command gives the same bytes.
 */
public final class Recipe {
    /** The metadata entry of checkpoints, exports and pictures. */
    public static final String KEY = "halftone";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    private final ObjectNode root;

    private Recipe(ObjectNode root) {
        this.root = root;
    }

    /** The recipe of a calibration that is done. */
    static Recipe of(OpenPipeline pipeline, QuantSettings settings, CalibrationSettings runs, List<String> prompts, List<LayerState> states) {
        String backbone = pipeline.spec().backbone();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("pipeline", pipeline.config().index().className());
        root.put("architecture", pipeline.config().component(backbone).className());
        root.put("component", backbone);
        root.put("source", pipeline.folder().fingerprint(backbone));
        root.put("computeType", pipeline.computeType(backbone).name());
        ObjectNode quant = root.putObject("quantization");
        quant.put("format", settings.format()).put("level", settings.level().name()).put("policy", settings.policy());
        quant.put("algorithm", settings.algorithm()).put("collector", settings.collector()).put("percentile", settings.percentile());
        quant.set("options", JSON.valueToTree(new TreeMap<>(settings.options())));
        ObjectNode calibration = root.putObject("calibration");
        calibration.put("prompts", prompts.size()).put("promptsSha256", digest(prompts)).put("batchSize", runs.batchSize());
        calibration.put("steps", runs.steps()).put("seed", runs.seed());
        var batch = Sizes.batch(pipeline.spec(), prompts, "", runs.guidanceScale(), runs.height(), runs.width());
        calibration.put("guidanceScale", batch.guidanceScale()).put("height", batch.height()).put("width", batch.width());
        ObjectNode layers = root.putObject("layers");
        for (LayerState state : states) {
            ObjectNode layer = layers.putObject(state.layer());
            layer.put("format", state.format());
            ObjectNode axes = layer.putObject("axes");
            state.ranges().forEach((slot, range) -> axes.put(slot.name(), range.axis()));
            ArrayNode vectors = layer.putArray("vectors");
            state.vectors().keySet().forEach(vectors::add);
        }
        return new Recipe(root);
    }

    /**
     * Reads a recipe.
     *
     * @param source what messages call it
     */
    public static Recipe parse(String source, String json) {
        try {
            JsonNode node = JSON.readTree(json);
            if (node instanceof ObjectNode root && root.path("version").isInt() && root.path("version").intValue() == VERSION
                && root.path("layers").isObject() && root.at("/quantization/algorithm").isTextual() && root.path("architecture").isTextual()) {
                return new Recipe(root);
            }
        } catch (JsonProcessingException e) {
            throw new CheckpointException(source + ": recipe: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
        throw new CheckpointException(source + ": recipe: found no version " + VERSION + " with its layers; expected one of this release");
    }

    /** The name of the algorithm. */
    public String algorithm() {
        return root.at("/quantization/algorithm").asText();
    }

    /** The class of the backbone. */
    public String architecture() {
        return root.path("architecture").asText();
    }

    /** The type that the model computed in when it was calibrated. */
    public String computeType() {
        return root.path("computeType").asText();
    }

    /** The recipe without its layers. */
    public JsonNode summary() {
        ObjectNode copy = root.deepCopy();
        copy.remove("layers");
        return copy;
    }

    /** The whole recipe on one line. */
    public String json() {
        return root.toString();
    }

    /**
     * What the recipe says of each layer, with ranges and vectors as the reader gives them.
     *
     * @throws CheckpointException if it is not what {@link #of} writes
     */
    List<LayerState> states(String source, Vectors vectors) {
        List<LayerState> states = new ArrayList<>();
        root.path("layers").fields().forEachRemaining(entry -> {
            String name = entry.getKey();
            JsonNode layer = entry.getValue();
            if (!layer.path("format").isTextual() || !layer.path("axes").isObject() || !layer.path("vectors").isArray()) {
                throw new CheckpointException(source + ": " + name + ": found " + layer + "; expected a format, axes and vectors");
            }
            Map<Slot, Range> ranges = new LinkedHashMap<>();
            layer.path("axes").fields().forEachRemaining(axis -> {
                if (!axis.getValue().isInt()) {
                    throw new CheckpointException(source + ": " + name + ": " + axis.getKey() + ": found axis " + axis.getValue()
                        + "; expected a whole number");
                }
                try {
                    Slot slot = Slot.valueOf(axis.getKey());
                    ranges.put(slot, new Range(vectors.read(name + "." + slot.suffix() + "._amax"), axis.getValue().asInt()));
                } catch (IllegalArgumentException e) {
                    throw new CheckpointException(source + ": " + name + ": " + axis.getKey() + ": " + e.getMessage(), e);
                }
            });
            Map<String, float[]> further = new LinkedHashMap<>();
            for (JsonNode vector : layer.path("vectors")) {
                if (!vector.isTextual()) {
                    throw new CheckpointException(source + ": " + name + ": found a vector " + vector + "; expected its name");
                }
                further.put(vector.textValue(), vectors.read(name + "." + vector.textValue()));
            }
            states.add(new LayerState(name, layer.path("format").asText(), ranges, further));
        });
        return states;
    }

    /** Reads the float32 vectors of a checkpoint by name. */
    @FunctionalInterface
    interface Vectors {
        float[] read(String name);
    }

    private static String digest(List<String> prompts) {
        return Digests.sha256(StandardCharsets.UTF_8.encode(String.join("\n", prompts)));
    }
}
