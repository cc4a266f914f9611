package io.halftone.onnx.internal;

import io.halftone.export.ModelReport.Rounding;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Counts what a graph of any producer keeps or computes in fewer bits, by its nodes that quantize and dequantize. */
final class QuantizedValues {
    private static final String QUANTIZE = "QuantizeLinear";
    private static final String DEQUANTIZE = "DequantizeLinear";
    private static final String MXFP8_DEQUANTIZE = BlockOperators.DOMAIN + "::" + BlockOperators.MXFP8_DEQUANTIZE;
    /** Operators that quantize, and the type of their codes where neither zero point nor attribute says it. */
    private static final Map<String, String> QUANTIZERS = Map.of(QUANTIZE, "UINT8", "DynamicQuantizeLinear", "UINT8",
        BlockOperators.DOMAIN + "::" + BlockOperators.FP4_QUANTIZE, "FLOAT4E2M1",
        BlockOperators.DOMAIN + "::" + BlockOperators.MXFP8_QUANTIZE, "FLOAT8E4M3FN");

    private final Map<String, Outline.Node> producers = new HashMap<>();
    private final Map<String, Outline.Tensor> constants = new HashMap<>();
    private final Map<String, Integer> pairs = new TreeMap<>();
    private final Map<String, Integer> weights = new TreeMap<>();

    /**
     * @param graph  that they are looked for in
     * @param opened constants of the graphs around it, which its nodes may use
     */
    private QuantizedValues(Outline.Graph graph, Map<String, Outline.Tensor> opened) {
        constants.putAll(opened);
        graph.initializers().forEach(tensor -> constants.put(tensor.name(), tensor));
        for (Outline.Node node : graph.nodes()) {
            if (node.type().equals("Constant") && !node.tensors().isEmpty() && !node.outputs().isEmpty()) {
                constants.put(node.outputs().get(0), node.tensors().get(0));
            }
            node.outputs().forEach(output -> producers.put(output, node));
        }
    }

    /** Of a graph and those in its nodes. */
    static Rounding of(Outline.Graph graph) {
        QuantizedValues values = new QuantizedValues(graph, Map.of());
        values.count(graph);
        return new Rounding(values.pairs, values.weights);
    }

    private void count(Outline.Graph graph) {
        Set<String> scales = scales(graph.nodes());
        for (Outline.Node node : graph.nodes()) {
            boolean dequantizes = node.type().equals(DEQUANTIZE) || node.type().equals(MXFP8_DEQUANTIZE);
            // the scales of blocks may be codes themselves: they are part of a weight, and none
            if (dequantizes && !node.inputs().isEmpty() && node.outputs().stream().noneMatch(scales::contains)) {
                count(node.inputs().get(0));
            }
            for (Outline.Graph inner : node.graphs()) {
                QuantizedValues values = new QuantizedValues(inner, constants);
                values.count(inner);
                values.pairs.forEach((type, count) -> pairs.merge(type, count, Integer::sum));
                values.weights.forEach((type, count) -> weights.merge(type, count, Integer::sum));
            }
        }
    }

    private static Set<String> scales(List<Outline.Node> nodes) {
        Set<String> scales = new HashSet<>();
        for (Outline.Node node : nodes) {
            if ((QUANTIZERS.containsKey(node.type()) || node.type().equals(DEQUANTIZE)) && node.inputs().size() > 1) {
                scales.add(node.inputs().get(1));
            }
        }
        return scales;
    }

    /** Counts what is dequantized: a weight, or what another node quantized. */
    private void count(String codes) {
        Outline.Node quantizer = producers.get(codes);
        if (constants.containsKey(codes)) {
            weights.merge(ElementTypes.name(constants.get(codes).type()), 1, Integer::sum);
        } else if (quantizer != null && QUANTIZERS.containsKey(quantizer.type())) {
            pairs.merge(type(quantizer), 1, Integer::sum);
        }
    }

    /** Of the codes that a node gives. */
    private String type(Outline.Node quantizer) {
        if (quantizer.type().equals(QUANTIZE) && quantizer.inputs().size() > 2 && constants.containsKey(quantizer.inputs().get(2))) {
            return ElementTypes.name(constants.get(quantizer.inputs().get(2)).type());
        }
        boolean says = quantizer.type().equals(QUANTIZE) && quantizer.outputType() != 0;
        return says ? ElementTypes.name(quantizer.outputType()) : QUANTIZERS.get(quantizer.type());
    }
}
