package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport.Codes;
import io.halftone.export.ExportReport.QuantizedLayer;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The layers of a written graph that are to be quantized: by what they multiply with, and what rounds it. */
final class QuantizedLayers {
    private static final Set<String> PRODUCTS = Set.of("Conv", "MatMul", "Gemm");
    /** What may stand between a pair and the product of a layer. */
    private static final Set<String> PASSED = Set.of("Transpose", "Reshape", "Cast");
    /** In an attention nothing may move elements there: fused kernels take the pair as it stands before the product. */
    private static final Set<String> CAST = Set.of("Cast");
    /** What an initializer's name may have behind the name of its parameter. */
    private static final Pattern FORM = Pattern.compile("(_(transposed|quantized|float32|float16|bfloat16))?(_\\d+)?");

    /** How many layers a message names. */
    private static final int LISTED = 20;

    private final Roundings roundings;
    /** Nodes in order, by what their names have before the operator. */
    private final Map<String, List<NodeProto>> byPrefix = new HashMap<>();

    QuantizedLayers(GraphProto graph, Roundings roundings) {
        this.roundings = roundings;
        for (NodeProto node : graph.getNodeList()) {
            String prefix = node.getName().substring(0, Math.max(0, node.getName().lastIndexOf('/')));
            byPrefix.computeIfAbsent(prefix, p -> new ArrayList<>()).add(node);
        }
    }

    /**
     * Checks that each layer rounds what is planned for it, and nothing else.
     *
     * @throws ExportException naming layers that do not
     */
    List<QuantizedLayer> verify(Map<String, Set<Slot>> planned) throws IOException {
        List<QuantizedLayer> layers = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (var entry : planned.entrySet()) {
            Set<Slot> slots = entry.getValue();
            Optional<Found> found = slots.contains(Slot.INPUT) || slots.contains(Slot.WEIGHT) ? product(entry.getKey())
                : attention(entry.getKey());
            String wrong = found.isEmpty() ? "no operator" : difference(slots, found.get().codes.keySet());
            if (wrong.isEmpty()) {
                layers.add(new QuantizedLayer(entry.getKey(), found.get().operator, found.get().codes));
            } else {
                others.add(entry.getKey() + " (" + wrong + ")");
            }
        }
        if (!others.isEmpty()) {
            String more = others.size() > LISTED ? " and " + (others.size() - LISTED) + " more" : "";
            throw new ExportException("quantized layers: found " + others.size() + " that are not as planned: "
                + String.join(", ", others.subList(0, Math.min(LISTED, others.size()))) + more + "; expected a Q/DQ pair on every planned tensor and on no other");
        }
        return layers;
    }

    private static String difference(Set<Slot> planned, Set<Slot> found) {
        List<String> differences = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            if (planned.contains(slot) != found.contains(slot)) {
                differences.add((planned.contains(slot) ? "none on " : "one on ") + slot.suffix());
            }
        }
        return String.join(", ", differences);
    }

    /** What computes a layer, and how its operands are rounded. */
    private record Found(String operator, Map<Slot, Codes> codes) {}

    /** The product under a layer's name that multiplies with its weight, or those that multiply with its parts. */
    private Optional<Found> product(String layer) throws IOException {
        Found all = null;
        for (NodeProto node : byPrefix.getOrDefault(layer, List.of())) {
            if (PRODUCTS.contains(node.getOpType()) && isWeight(layer, roundings.origin(node.getInput(1), PASSED))) {
                Map<Slot, Codes> codes = new EnumMap<>(Slot.class);
                roundings.of(node.getInput(0), PASSED).ifPresent(c -> codes.put(Slot.INPUT, c));
                roundings.of(node.getInput(1), PASSED).ifPresent(c -> codes.put(Slot.WEIGHT, c));
                if (all == null) {
                    all = new Found(node.getOpType(), codes);
                } else {
                    all.codes.keySet().retainAll(codes.keySet());     // rounded where each part is
                }
            }
        }
        return Optional.ofNullable(all);
    }

    private static boolean isWeight(String layer, String initializer) {
        String parameter = layer + ".weight";
        return initializer.startsWith(parameter) && FORM.matcher(initializer.substring(parameter.length())).matches();
    }

    /** The two products around the softmax under an attention's name. */
    private Optional<Found> attention(String layer) throws IOException {
        NodeProto softmax = null;
        NodeProto scores = null;
        List<NodeProto> nodes = byPrefix.getOrDefault(layer, List.of());
        for (NodeProto node : nodes) {
            if (node.getOpType().equals("Softmax")) {
                softmax = node;
                String from = roundings.origin(node.getInput(0), CAST);
                scores = nodes.stream().filter(n -> n.getName().equals(from)).findFirst().orElse(null);
            } else if (scores != null && scores.getOpType().equals("MatMul") && node.getOpType().equals("MatMul")
                && roundings.origin(node.getInput(0), CAST).equals(softmax.getName())) {
                Map<Slot, Codes> codes = new EnumMap<>(Slot.class);
                roundings.scaled(scores.getInput(0), CAST).ifPresent(c -> codes.put(Slot.QUERY, c));
                roundings.of(scores.getInput(1), CAST).ifPresent(c -> codes.put(Slot.KEY, c));
                roundings.of(node.getInput(0), CAST).ifPresent(c -> codes.put(Slot.SOFTMAX, c));
                roundings.of(node.getInput(1), CAST).ifPresent(c -> codes.put(Slot.VALUE, c));
                return Optional.of(new Found(node.getOpType(), codes));
            }
        }
        return Optional.empty();
    }
}
