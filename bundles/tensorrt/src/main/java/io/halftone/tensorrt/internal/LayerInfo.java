package io.halftone.tensorrt.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.export.EngineException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an engine's layers are, from the JSON of TensorRT's engine inspector. An engine layer names the model's operators
 * that were fused into it; a quantized product runs in 8 bits where its engine layer takes 8-bit operands.
 *
 * @param integer   the quantized layers that run in INT8 or FP8 kernels
 * @param floating  the others
 * @param operators how often each type of layer stands in the engine
 */
record LayerInfo(List<String> integer, List<String> floating, Map<String, Integer> operators) {
    /** That of no layer. */
    static final LayerInfo NONE = new LayerInfo(List.of(), List.of(), Map.of());

    private static final Pattern OPERATOR = Pattern.compile("\\[ONNX Layer: ([^\\]]*)\\]");
    private static final Pattern LOW_TACTIC = Pattern.compile("i8i8|i8f32|i8i32|int8|e4m3|e5m2|fp8|f8f8|imma");
    private static final Set<String> MOVES = Set.of("reformat", "shuffle", "noop", "constant", "scale");

    LayerInfo {
        integer = List.copyOf(integer);
        floating = List.copyOf(floating);
        operators = Collections.unmodifiableMap(new TreeMap<>(operators));
    }

    /**
     * Reads an inspection.
     *
     * @param quantized the model's quantized layers by the name of the operator that computes them
     * @throws EngineException if the text is no inspection, or one without details
     */
    static LayerInfo of(String json, Map<String, String> quantized) {
        Set<String> low = new HashSet<>();
        Map<String, Integer> operators = new TreeMap<>();
        for (JsonNode layer : layers(json)) {
            if (!layer.isObject()) {
                throw new EngineException("engine inspection: found names of layers alone; expected a detailed one");
            }
            operators.merge(layer.path("LayerType").asText("unknown"), 1, Integer::sum);
            if (isLow(layer)) {
                low.addAll(operators(layer));
            }
        }
        List<String> integer = new ArrayList<>();
        List<String> floating = new ArrayList<>();
        new TreeMap<>(quantized).forEach((product, name) -> (low.contains(product) ? integer : floating).add(name));
        return new LayerInfo(integer, floating, operators);
    }

    private static JsonNode layers(String json) {
        try {
            JsonNode layers = new ObjectMapper().readTree(json).path("Layers");
            if (!layers.isArray()) {
                throw new EngineException("engine inspection: found no list of layers; expected one");
            }
            return layers;
        } catch (JsonProcessingException e) {
            throw new EngineException("engine inspection: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
    }

    private static Set<String> operators(JsonNode layer) {
        Set<String> names = new HashSet<>();
        Matcher matcher = OPERATOR.matcher(layer.path("Metadata").asText());
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** Whether a layer computes with 8-bit operands: what only moves or converts them does not. */
    private static boolean isLow(JsonNode layer) {
        if (MOVES.contains(layer.path("LayerType").asText().toLowerCase(Locale.ROOT))) {
            return false;
        }
        for (JsonNode input : layer.path("Inputs")) {
            String format = input.path("Format/Datatype").asText().toLowerCase(Locale.ROOT);
            if (format.contains("int8") || format.contains("fp8")) {
                return true;
            }
        }
        return LOW_TACTIC.matcher(layer.path("TacticName").asText().toLowerCase(Locale.ROOT)).find();
    }
}
