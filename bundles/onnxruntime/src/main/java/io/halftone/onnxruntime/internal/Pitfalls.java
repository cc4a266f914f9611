package io.halftone.onnxruntime.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known to end the process in ONNX Runtime 1.28.0: a value without elements that is scaled, as values are whose extents overflow, and
 * a LayerNormalization whose last operand has no name. Values that turn out to be empty as the model runs are not seen.
 */
final class Pitfalls {
    private static final Set<String> OPERATORS = Set.of("Resize", "Upsample");
    private static final String NORM = "LayerNormalization";
    private static final float LEAST = 1;
    private static final Set<String> WINDOWS = Set.of("pads", "strides", "dilations", "kernel_shape", "output_padding", "output_shape");
    private static final long WIDEST = 65_535;

    private final Path file;

    private Pitfalls(Path file) {
        this.file = file;
    }

    /**
     * Refuses a model that has any of it.
     *
     * @throws EngineException if there are some
     */
    static void verify(Path file, ModelProto model) {
        var pitfalls = new Pitfalls(file);
        pitfalls.verify(model.getGraph(), Map.of());
        model.getFunctionsList().forEach(function -> pitfalls.verify(function.getNodeList(), Map.of()));
    }

    private void verify(GraphProto graph, Map<String, TensorProto> outer) {
        Map<String, TensorProto> constants = new HashMap<>(outer);
        graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
        verify(graph.getNodeList(), constants);
    }

    private void verify(List<NodeProto> nodes, Map<String, TensorProto> outer) {
        Map<String, TensorProto> constants = new HashMap<>(outer);
        for (NodeProto node : nodes) {
            if (node.getOpType().equals("Constant") && node.getOutputCount() > 0) {
                node.getAttributeList().forEach(attribute -> constants.put(node.getOutput(0), constant(attribute)));
            }
        }
        for (NodeProto node : nodes) {
            if (OPERATORS.contains(node.getOpType())) {
                verify(node, constants);
            }
            if (node.getOpType().equals(NORM) && node.getInputCount() > 0 && node.getInput(node.getInputCount() - 1).isEmpty()) {
                throw new EngineException(file + ": " + node.getName() + ": found " + NORM + " whose last operand has no name; expected a name, or "
                    + "one operand fewer: it ends the process in ONNX Runtime");
            }
            for (AttributeProto attribute : node.getAttributeList()) {
                if (WINDOWS.contains(attribute.getName()) && attribute.getIntsList().stream().anyMatch(extent -> extent < 0 || extent > WIDEST)) {
                    throw new EngineException(file + ": " + node.getName() + ": " + attribute.getName() + ": found " + attribute.getIntsList()
                        + "; expected numbers from 0 to " + WIDEST);
                }
                if (attribute.hasG()) {
                    verify(attribute.getG(), constants);
                }
                attribute.getGraphsList().forEach(graph -> verify(graph, constants));
            }
        }
    }

    private static TensorProto constant(AttributeProto attribute) {
        return attribute.hasT() ? attribute.getT() : TensorProto.newBuilder().setDataType(DataType.FLOAT_VALUE).addAllFloatData(attribute.getFloatsList())
            .build();
    }

    /** The second operand was the factors before version 11; since then it is a region, which is that of one mode alone. */
    private void verify(NodeProto node, Map<String, TensorProto> constants) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals("scales")) {
                verify(node, attribute.getFloatsList());
            }
        }
        int first = node.getInputCount() == 2 ? 1 : 2;
        for (int i = first; i < node.getInputCount(); i++) {
            TensorProto tensor = constants.get(node.getInput(i));
            if (tensor != null) {
                verify(node, numbers(node, tensor));
            }
        }
    }

    private void verify(NodeProto node, List<? extends Number> numbers) {
        for (Number number : numbers) {
            if (!(number.floatValue() >= LEAST) || Float.isInfinite(number.floatValue())) {   // NaN fails the first test
                throw new EngineException(file + ": " + node.getName() + ": found " + node.getOpType() + " by or to " + number
                    + "; expected at least 1: what is scaled to nothing ends the process in ONNX Runtime");
            }
        }
    }

    private List<? extends Number> numbers(NodeProto node, TensorProto tensor) {
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
            throw new EngineException(file + ": " + node.getName() + ": found " + tensor.getName() + " in external data; expected what "
                + node.getOpType() + " scales by in the model itself");
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        if (tensor.getDataType() == DataType.FLOAT_VALUE) {
            List<Float> floats = new ArrayList<>(tensor.getFloatDataList());
            while (raw.remaining() >= Float.BYTES) {
                floats.add(raw.getFloat());
            }
            return floats;
        }
        List<Long> longs = new ArrayList<>(tensor.getInt64DataList());
        while (tensor.getDataType() == DataType.INT64_VALUE && raw.remaining() >= Long.BYTES) {
            longs.add(raw.getLong());
        }
        return longs;
    }
}
