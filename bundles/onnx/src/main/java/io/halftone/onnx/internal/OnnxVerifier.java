package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport.QuantizedLayer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a written model and checks that it is what was meant. Knows nothing of how it was written. */
final class OnnxVerifier {
    private static final Set<String> PRODUCTS = Set.of("Conv", "MatMul", "Gemm");
    /** What may stand between a Q/DQ pair and the product, as it moves elements or scales them all alike. */
    private static final Set<String> PASSED = Set.of("Transpose", "Reshape", "Mul");

    private final GraphProto graph;
    private final Tensors tensors;
    private final long opset;
    private final Map<String, NodeProto> producers = new HashMap<>();
    private final Map<String, NodeProto> nodes = new HashMap<>();

    private OnnxVerifier(ModelProto model, Path folder) {
        this.graph = model.getGraph();
        this.tensors = new Tensors(graph.getInitializerList(), folder);
        this.opset = model.getOpsetImportList().stream().filter(o -> o.getDomain().isEmpty())
            .mapToLong(o -> o.getVersion()).max().orElse(0);
    }

    /** Reads the model file; its data is looked for beside it. */
    static OnnxVerifier read(Path model) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(model))) {
            return new OnnxVerifier(ModelProto.parseFrom(in), model.toAbsolutePath().getParent());
        }
    }

    /** The number of operators. */
    int nodes() {
        return graph.getNodeCount();
    }

    /** The number of operators of that type. */
    long count(String operator) {
        return graph.getNodeList().stream().filter(n -> n.getOpType().equals(operator)).count();
    }

    /**
     * Checks the file, and that each of these layers has a Q/DQ pair on both inputs.
     *
     * @return the layers as the file has them, in the order given
     * @throws ExportException if something is not as it should be; of quantized layers it names all that lack a pair
     */
    List<QuantizedLayer> verify(List<String> quantizedLayers) throws IOException {
        tensors.verify();
        verifyOrder();
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("QuantizeLinear") || node.getOpType().equals("DequantizeLinear")) {
                verifyScale(node);
            }
        }
        List<QuantizedLayer> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String layer : quantizedLayers) {
            NodeProto product = product(layer);
            NodeProto input = product == null ? null : pair(product.getInput(0));
            NodeProto weight = product == null ? null : pair(product.getInput(1));
            if (input != null && weight != null) {
                float inputScale = scales(input).length == 1 ? scales(input)[0] : Float.NaN;
                found.add(new QuantizedLayer(layer, product.getOpType(), inputScale, scales(weight).length));
            } else {
                String lacking = input != null ? "weight" : weight != null ? "input" : "input and weight";
                missing.add(layer + " (" + (product == null ? "no operator" : lacking) + ")");
            }
        }
        if (!missing.isEmpty()) {
            throw new ExportException("quantized layers: found " + missing.size() + " without a Q/DQ pair on both inputs: "
                + String.join(", ", missing) + "; expected none");
        }
        return found;
    }

    /** Each value is made once, before it is used; each initializer is used. */
    private void verifyOrder() {
        Set<String> known = new HashSet<>(tensors.names());
        graph.getInputList().forEach(input -> claim(known, input.getName()));
        Set<String> used = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            for (String input : node.getInputList()) {
                require(input.isEmpty() || known.contains(input), node.getName(), "input " + input, "a value made before");
                used.add(input);
            }
            node.getOutputList().forEach(output -> claim(known, output));
            node.getOutputList().forEach(output -> producers.put(output, node));
            require(nodes.put(node.getName(), node) == null, node.getName(), "two nodes of that name", "one");
        }
        for (var output : graph.getOutputList()) {
            require(known.contains(output.getName()), "output " + output.getName(), "no value of that name", "one");
            require(output.getType().getTensorType().hasShape(), "output " + output.getName(), "no shape", "one");
            used.add(output.getName());
        }
        for (String name : tensors.names()) {
            require(used.contains(name), "initializer " + name, "no node that uses it", "one");
        }
    }

    private static void claim(Set<String> known, String name) {
        require(known.add(name), "value " + name, "two of that name", "one");
    }

    private void verifyScale(NodeProto node) throws IOException {
        require(node.getInputCount() == 3, node.getName(), node.getInputCount() + " inputs", "3: value, scale and zero point");
        TensorProto scale = tensors.get(node.getInput(1), node.getName() + " scale");
        TensorProto zero = tensors.get(node.getInput(2), node.getName() + " zero point");
        DataType low = DataType.forNumber(zero.getDataType());
        DataType high = DataType.forNumber(scale.getDataType());
        require(low == DataType.INT8 || low == DataType.FLOAT8E4M3FN, node.getName(), "zero point of " + low, "INT8 or FLOAT8E4M3FN");
        boolean legal = opset >= 19 || low == DataType.INT8 && high == DataType.FLOAT;
        require(legal, node.getName(), low + " with scale " + high + " in opset " + opset, "opset 19 at least");
        require(zero.getDimsList().equals(scale.getDimsList()), node.getName(), "zero point " + zero.getDimsList(), scale.getDimsList());
        for (byte code : tensors.bytes(zero)) {
            require(code == 0, node.getName(), "zero point " + code, 0);
        }
        for (float value : tensors.floats(scale)) {
            require(value > 0 && !Float.isInfinite(value), node.getName(), "scale " + value, "finite and > 0");
        }
        require(scale.getDimsCount() <= 1, node.getName(), "scale " + scale.getDimsList(), "a scalar or a vector");
        TensorProto quantized = tensors.find(node.getInput(0));
        if (scale.getDimsCount() == 1 && quantized != null) {
            long axis = axis(node);
            boolean fits = axis >= 0 && axis < quantized.getDimsCount() && quantized.getDims((int) axis) == scale.getDims(0);
            require(fits, node.getName(), scale.getDims(0) + " scales on axis " + axis + " of " + quantized.getDimsList(),
                "one for each index");
        }
        if (node.getOpType().equals("DequantizeLinear") && quantized != null) {
            DataType codes = DataType.forNumber(quantized.getDataType());
            require(codes == low, node.getName(), codes + " codes", low);
        }
    }

    private static long axis(NodeProto node) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals("axis"))
            .mapToLong(AttributeProto::getI).findFirst().orElse(1);
    }

    /** The first product under the layer's name; null if there is none. */
    private NodeProto product(String layer) {
        for (String operator : PRODUCTS) {
            NodeProto node = nodes.get(layer + "/" + operator);
            if (node != null) {
                return node;
            }
        }
        return null;
    }

    /** The DequantizeLinear behind a value whose codes are an initializer or come from a fitting QuantizeLinear; else null. */
    private NodeProto pair(String value) throws IOException {
        NodeProto node = producers.get(value);
        while (node != null && PASSED.contains(node.getOpType()) && (node.getInputCount() < 2 || tensors.find(node.getInput(1)) != null)) {
            node = producers.get(node.getInput(0));
        }
        if (node == null || !node.getOpType().equals("DequantizeLinear")) {
            return null;
        }
        if (tensors.find(node.getInput(0)) != null) {
            return node;
        }
        NodeProto quantize = producers.get(node.getInput(0));
        boolean fits = quantize != null && quantize.getOpType().equals("QuantizeLinear")
            && Arrays.equals(scales(quantize), scales(node)) && axis(quantize) == axis(node);
        return fits ? node : null;
    }

    private float[] scales(NodeProto node) throws IOException {
        return tensors.floats(tensors.get(node.getInput(1), node.getName() + " scale"));
    }

    static void require(boolean holds, String where, Object found, Object expected) {
        if (!holds) {
            throw new ExportException(where + ": found " + found + "; expected " + expected);
        }
    }
}
