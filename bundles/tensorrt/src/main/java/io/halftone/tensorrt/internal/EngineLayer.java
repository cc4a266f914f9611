package io.halftone.tensorrt.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.export.EngineException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One layer of an engine, from the JSON of TensorRT's engine inspector.
 *
 * @param name      TensorRT's own
 * @param type      gemm, correlation, fusion, kgen, CaskConvolution, Reformat ...
 * @param tactic    the kernel's name; empty where it has none
 * @param operators the model's operators that were fused into it, by name
 * @param inputs    types of its inputs, INT8, FP8, FP16, BF16, FP32 ...; of a fused attention without scales
 */
record EngineLayer(String name, String type, String tactic, Set<String> operators, List<String> inputs) {
    /** Types of 8 bits or fewer. */
    private static final Set<String> LOW = Set.of("INT8", "FP8", "INT4", "FP4");

    private static final Pattern OPERATOR = Pattern.compile("\\[ONNX Layer: ([^\\]]*)\\]");
    /** A product's kernel has the types of its operands in its name: {@code sm90_xmma_gemm_e4m3f16_e4m3f32_f32_tn_n_...}. */
    private static final Pattern OPERANDS = Pattern.compile("_(i8|e4m3|e5m2|bf16|f16|tf32|f32)(?:i8|i32|e4m3|bf16|f16|f32|tf32)_");
    private static final Map<String, String> KERNEL_TYPES = Map.of("i8", "INT8", "e4m3", "FP8", "e5m2", "FP8", "bf16", "BF16", "f16", "FP16",
        "tf32", "TF32", "f32", "FP32");
    /** What TensorRT calls types, longer names before those that are in them. */
    private static final List<String[]> FORMATS = List.of(new String[] {"int8", "INT8"}, new String[] {"fp8", "FP8"}, new String[] {"int4", "INT4"},
        new String[] {"fp4", "FP4"}, new String[] {"bfloat16", "BF16"}, new String[] {"bf16", "BF16"}, new String[] {"half", "FP16"},
        new String[] {"fp16", "FP16"}, new String[] {"float", "FP32"}, new String[] {"fp32", "FP32"});
    private static final Pattern PRODUCT = Pattern.compile("gemm|conv|correlation|matmul|matrixmultiply|fusion");
    /** Generated kernels that multiply matrices; others only compute element by element, and yet name the product behind them. */
    private static final Pattern GENERATED = Pattern.compile("gemm|mha|Fc|Bmm");
    private static final String FUSED_ATTENTION = "mha";
    /** Of queries, keys and values: (batch and heads, tokens, width). */
    private static final int FUSED_RANK = 3;

    EngineLayer {
        operators = Set.copyOf(operators);
        inputs = List.copyOf(inputs);
    }

    /**
     * Reads an inspection.
     *
     * @throws EngineException if the text is no inspection, or one without details
     */
    static List<EngineLayer> of(String json) {
        try {
            JsonNode listed = new ObjectMapper().readTree(json).path("Layers");
            if (!listed.isArray()) {
                throw new EngineException("engine inspection: found no list of layers; expected one");
            }
            List<EngineLayer> layers = new ArrayList<>();
            for (JsonNode layer : listed) {
                if (!layer.isObject()) {
                    throw new EngineException("engine inspection: found names of layers alone; expected a detailed one");
                }
                layers.add(of(layer));
            }
            return layers;
        } catch (JsonProcessingException e) {
            throw new EngineException("engine inspection: found " + e.getOriginalMessage() + "; expected JSON", e);
        }
    }

    private static EngineLayer of(JsonNode layer) {
        Set<String> operators = new LinkedHashSet<>();
        Matcher matcher = OPERATOR.matcher(layer.path("Metadata").asText());
        while (matcher.find()) {
            operators.add(matcher.group(1));
        }
        String name = layer.path("Name").asText();
        List<String> inputs = new ArrayList<>();
        for (JsonNode input : layer.path("Inputs")) {
            boolean scale = name.contains(FUSED_ATTENTION) && input.path("Dimensions").size() < FUSED_RANK;
            if (!scale) {
                inputs.add(type(input.path("Format/Datatype").asText()));
            }
        }
        return new EngineLayer(name, layer.path("LayerType").asText("unknown"), layer.path("TacticName").asText(), operators,
            inputs);
    }

    private static String type(String format) {
        String lower = format.toLowerCase(Locale.ROOT);
        return FORMATS.stream().filter(known -> lower.contains(known[0])).map(known -> known[1]).findFirst().orElse(format);
    }

    /** Whether it multiplies matrices, or slides a kernel; what moves, converts or adds does not. */
    boolean multiplies() {
        return PRODUCT.matcher(type.toLowerCase(Locale.ROOT)).find()
            || type.equals("kgen") && (GENERATED.matcher(name).find() || GENERATED.matcher(tactic).find());
    }

    /** The type of what it multiplies, the widest where its operands differ; empty where it is not shown. */
    String precision() {
        Matcher operands = OPERANDS.matcher(tactic);
        if (operands.find()) {
            return KERNEL_TYPES.get(operands.group(1));
        }
        int count = name.contains(FUSED_ATTENTION) ? 3 : 2;      // queries, keys and values, or two factors with the rest behind
        List<String> factors = inputs.subList(0, Math.min(count, inputs.size()));
        return factors.stream().filter(type -> !isLow(type)).findFirst().or(() -> factors.stream().findFirst()).orElse("");
    }

    /** The kernel, or the layer where it names none. */
    String kernel() {
        return tactic.isEmpty() ? name : tactic;
    }

    static boolean isLow(String precision) {
        return LOW.contains(precision);
    }
}
