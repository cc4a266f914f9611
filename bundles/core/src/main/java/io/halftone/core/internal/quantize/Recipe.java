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
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Identity;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.Device;
import io.halftone.quant.Algorithm;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a checkpoint came to be, as JSON that its metadata keeps: everything that was chosen, and what each layer has. It holds
 * no path and no time, so that the same command gives the same bytes.
 */
public final class Recipe {
    /** The metadata entry of checkpoints, exports and pictures. */
    public static final String KEY = "halftone";
    private static final String DIGEST = "digest";
    private static final int VERSION = 2;
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

    private final ObjectNode root;

    private Recipe(ObjectNode root) {
        this.root = root;
    }

    /**
     * What is going to be done, without layers: everything that was chosen and changes the result. Its digest is in it.
     */
    public static ObjectNode head(OpenPipeline pipeline, Plugins plugins, List<Planned> plan, QuantSettings settings, CalibrationSettings runs,
                                  List<String> prompts, Device device) {
        ObjectNode root = Identity.pipeline(pipeline);
        root.put("version", VERSION);
        ObjectNode quant = root.putObject("quantization");
        quant.put("format", settings.format()).put("level", settings.level().name()).put("policy", settings.policy());
        quant.put("algorithm", settings.algorithm()).put("collector", settings.collector()).put("percentile", settings.percentile());
        ObjectNode algorithms = quant.putObject("algorithms");
        for (String name : new TreeSet<>(plan.stream().map(Planned::algorithm).toList())) {
            Algorithm algorithm = plugins.algorithms().get(name);
            Map<String, String> options = new TreeMap<>(algorithm.usual());
            settings.options().forEach((option, value) -> {
                if (algorithm.options().contains(option)) {
                    options.put(option, value);
                }
            });
            algorithms.set(name, JSON.valueToTree(options));
        }
        ObjectNode configured = JSON.createObjectNode();
        for (String name : new TreeSet<>(plan.stream().map(Planned::collector).toList())) {
            String configuration = plugins.collectors().get(name).configuration();
            if (!configuration.isEmpty()) {
                configured.put(name, configuration);
            }
        }
        if (!configured.isEmpty()) {
            quant.set("collectors", configured);
        }
        quant.set("rules", JSON.valueToTree(settings.rules()));
        root.set("calibration", Identity.runs(pipeline, runs, prompts, device));
        root.put(DIGEST, Identity.sha256(root));
        return root;
    }

    /** The recipe of a calibration that is done. */
    static Recipe of(ObjectNode head, List<LayerState> states) {
        ObjectNode root = head.deepCopy();
        ObjectNode layers = root.putObject("layers");
        for (LayerState state : states) {
            ObjectNode layer = layers.putObject(state.layer());
            layer.put("algorithm", state.algorithm()).put("format", state.format());
            ObjectNode axes = layer.putObject("axes");
            state.ranges().forEach((slot, range) -> axes.put(slot.name(), range.axis()));
            ObjectNode origins = layer.putObject("origins");
            state.origins().forEach((slot, origin) -> origins.put(slot.name(), origin));
            ArrayNode vectors = layer.putArray("vectors");
            state.vectors().keySet().forEach(vectors::add);
            ArrayNode parameters = layer.putArray("parameters");
            state.parameters().forEach(parameters::add);
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

    /** SHA-256 of everything that was chosen and changes the result, hexadecimal. */
    public String digest() {
        return root.path(DIGEST).asText();
    }

    /** The fingerprint of the weights that were quantized. */
    public String source() {
        return root.path("source").asText();
    }

    /** The fingerprints of the components beside the backbone, by name. */
    Map<String, String> components() {
        Map<String, String> components = new TreeMap<>();
        root.path("components").fields().forEachRemaining(entry -> components.put(entry.getKey(), entry.getValue().asText()));
        return components;
    }

    /** The LoRAs that were fused into those weights: file name, digest and scale, a line each. */
    public List<String> loras() {
        List<String> lines = new ArrayList<>();
        root.path("loras").forEach(lora -> lines.add(lora.path("file").asText() + ", SHA-256 " + lora.path("sha256").asText() + ", scale "
            + lora.path("scale").asDouble()));
        return lines;
    }

    /** The class of the backbone. */
    public String architecture() {
        return root.path("architecture").asText();
    }

    /** The type that the model computed in when it was calibrated. */
    public String computeType() {
        return root.path("computeType").asText();
    }

    /** Full names of the layers whose weight is quantized. */
    public List<String> layersWithWeights() {
        List<String> names = new ArrayList<>();
        root.path("layers").fields().forEachRemaining(layer -> {
            if (layer.getValue().path("axes").has(Slot.WEIGHT.name())) {
                names.add(layer.getKey());
            }
        });
        return names;
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
            if (!layer.path("format").isTextual() || !layer.path("algorithm").isTextual() || !layer.path("axes").isObject()
                || !layer.path("vectors").isArray() || !layer.path("parameters").isArray()) {
                throw new CheckpointException(source + ": " + name + ": found " + layer
                    + "; expected a format, an algorithm, axes, vectors and parameters");
            }
            Map<Slot, Range> ranges = new LinkedHashMap<>();
            layer.path("axes").fields().forEachRemaining(axis -> {
                if (!axis.getValue().isInt()) {
                    throw new CheckpointException(source + ": " + name + ": " + axis.getKey() + ": found axis " + axis.getValue()
                        + "; expected a whole number");
                }
                try {
                    Slot slot = slot(source, name, axis.getKey());
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
            Map<Slot, String> origins = new LinkedHashMap<>();
            layer.path("origins").fields().forEachRemaining(origin -> origins.put(slot(source, name, origin.getKey()), origin.getValue().asText()));
            List<String> parameters = new ArrayList<>();
            layer.path("parameters").forEach(parameter -> parameters.add(parameter.asText()));
            states.add(new LayerState(name, layer.path("algorithm").asText(), layer.path("format").asText(), ranges, origins, further, parameters));
        });
        return states;
    }

    private static Slot slot(String source, String layer, String name) {
        try {
            return Slot.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(source + ": " + layer + ": found a slot " + name + "; expected one of " + List.of(Slot.values()), e);
        }
    }

    /** Reads the float32 vectors of a checkpoint by name. */
    @FunctionalInterface
    interface Vectors {
        float[] read(String name);
    }
}
