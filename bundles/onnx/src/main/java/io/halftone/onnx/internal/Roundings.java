package io.halftone.onnx.internal;

import static io.halftone.onnx.internal.OnnxVerifier.require;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.ExportReport.Codes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Q/DQ pairs of a written graph: that each is sound, and which value has gone through one. */
final class Roundings {
    private static final String QUANTIZE = "QuantizeLinear";
    private static final String DEQUANTIZE = "DequantizeLinear";
    private static final Set<String> DYNAMIC = Set.of(BlockOperators.FP4_QUANTIZE, BlockOperators.MXFP8_QUANTIZE);
    private static final int FLOAT8 = DataType.FLOAT8E4M3FN.getNumber();

    private final GraphProto graph;
    private final Tensors tensors;
    private final long opset;
    private final Map<String, NodeProto> producers = new HashMap<>();

    Roundings(GraphProto graph, Tensors tensors, long opset) {
        this.graph = graph;
        this.tensors = tensors;
        this.opset = opset;
        graph.getNodeList().forEach(node -> node.getOutputList().forEach(output -> producers.put(output, node)));
    }

    /** Checks every node that rounds, or reads back what was rounded. */
    void verify() throws IOException {
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals(BlockOperators.MXFP8_DEQUANTIZE) || blockSize(node) > 0 && node.getOpType().equals(DEQUANTIZE)) {
                verifyBlocks(node);
            } else if (node.getOpType().equals(QUANTIZE) || node.getOpType().equals(DEQUANTIZE)) {
                verifyScale(node);
            }
        }
    }

    private void verifyScale(NodeProto node) throws IOException {
        TensorProto scale = tensors.get(node.getInput(1), node.getName() + " scale");
        for (float value : tensors.floats(scale)) {
            if (!(value > 0 && !Float.isInfinite(value))) {
                require(false, node.getName(), "scale " + value, "finite and > 0");
            }
        }
        if (isScaleOfScales(node)) {
            require(scale.getDimsCount() == 0 && scale.getDataType() == DataType.FLOAT.getNumber(), node.getName(),
                "scale " + Elements.name(scale.getDataType()) + " " + scale.getDimsList(), "a scalar of FLOAT");
            return;
        }
        require(node.getInputCount() == 3, node.getName(), node.getInputCount() + " inputs", "3: value, scale and zero point");
        TensorProto zero = tensors.get(node.getInput(2), node.getName() + " zero point");
        String low = Elements.name(zero.getDataType());
        String high = Elements.name(scale.getDataType());
        require(low.equals("INT8") || low.equals("FLOAT8E4M3FN"), node.getName(), "zero point of " + low, "INT8 or FLOAT8E4M3FN");
        boolean legal = opset >= OnnxOps.OPSET || low.equals("INT8") && high.equals("FLOAT");
        require(legal, node.getName(), low + " with scale " + high + " in opset " + opset, "opset " + OnnxOps.OPSET + " at least");
        require(zero.getDimsList().equals(scale.getDimsList()), node.getName(), "zero point " + zero.getDimsList(), scale.getDimsList());
        for (byte code : tensors.bytes(zero)) {
            if (code != 0) {
                require(false, node.getName(), "zero point " + code, 0);
            }
        }
        require(scale.getDimsCount() <= 1, node.getName(), "scale " + scale.getDimsList(), "a scalar or a vector");
        TensorProto quantized = tensors.find(node.getInput(0));
        if (scale.getDimsCount() == 1 && quantized != null) {
            long axis = axis(node);
            boolean fits = axis >= 0 && axis < quantized.getDimsCount() && quantized.getDims((int) axis) == scale.getDims(0);
            require(fits, node.getName(), scale.getDims(0) + " scales on axis " + axis + " of " + quantized.getDimsList(),
                "one for each index");
        }
        if (node.getOpType().equals(DEQUANTIZE) && quantized != null) {
            String codes = Elements.name(quantized.getDataType());
            require(codes.equals(low), node.getName(), codes + " codes", low);
        }
    }

    /** Whether a node gives the float32 scales of blocks, which are 8-bit floats themselves. */
    private boolean isScaleOfScales(NodeProto node) {
        return node.getOpType().equals(DEQUANTIZE) && node.getInputCount() == 2;
    }

    private void verifyBlocks(NodeProto node) {
        boolean fp4 = node.getOpType().equals(DEQUANTIZE);
        require(!fp4 || opset >= BlockOperators.FLOAT4_OPSET, node.getName(), "4-bit floats in opset " + opset,
            "opset " + BlockOperators.FLOAT4_OPSET + " at least");
        require(axis(node) == -1 && blockSize(node) > 0, node.getName(), "blocks of " + blockSize(node) + " on axis " + axis(node),
            "blocks on axis -1");
        require(node.getInputCount() == 2, node.getName(), node.getInputCount() + " inputs", "2: codes and scales");
        String scales = blockScales(node);
        require(scales != null, node.getName(), "scales " + node.getInput(1), "8-bit floats times a scale of the tensor");
        NodeProto quantize = producers.get(node.getInput(0));
        if (quantize == null) {
            TensorProto codes = tensors.get(node.getInput(0), node.getName() + " codes");
            verifyCodes(node, codes, tensors.get(scales, node.getName() + " scales"));
            return;
        }
        boolean fits = quantize.getOpType().equals(fp4 ? BlockOperators.FP4_QUANTIZE : BlockOperators.MXFP8_QUANTIZE)
            && quantize.getOutputCount() == 2 && quantize.getOutput(0).equals(node.getInput(0)) && quantize.getOutput(1).equals(scales)
            && axis(quantize) == -1 && blockSize(quantize) == blockSize(node);
        require(fits, node.getName(), "codes and scales of " + quantize.getName(), "both from one fitting quantization in blocks");
        if (fp4) {
            String unit = producers.get(node.getInput(1)).getInput(1);
            require(quantize.getInput(1).equals(unit), node.getName(), "tensor scale " + unit,
                quantize.getInput(1) + ", as its codes have it");
        }
    }

    private void verifyCodes(NodeProto node, TensorProto codes, TensorProto scales) {
        boolean fp4 = node.getOpType().equals(DEQUANTIZE);
        int type = fp4 ? Elements.FLOAT4E2M1 : FLOAT8;
        int scaleType = fp4 ? FLOAT8 : DataType.UINT8.getNumber();
        require(codes.getDataType() == type, node.getName(), Elements.name(codes.getDataType()) + " codes", Elements.name(type));
        require(scales.getDataType() == scaleType, node.getName(), Elements.name(scales.getDataType()) + " scales",
            Elements.name(scaleType));
        List<Long> blocks = new ArrayList<>(codes.getDimsList());
        int last = blocks.size() - 1;
        require(last >= 0 && blocks.get(last) % blockSize(node) == 0, node.getName(), "codes " + codes.getDimsList(), "whole blocks");
        blocks.set(last, blocks.get(last) / blockSize(node));
        require(scales.getDimsList().equals(blocks), node.getName(), "scales " + scales.getDimsList(), blocks);
    }

    /** The name of the codes of a node's block scales; null where they are not as they should be. */
    private String blockScales(NodeProto node) {
        if (node.getOpType().equals(BlockOperators.MXFP8_DEQUANTIZE)) {
            return node.getInput(1);
        }
        NodeProto steps = producers.get(node.getInput(1));
        return steps != null && isScaleOfScales(steps) ? steps.getInput(0) : null;
    }

    /**
     * How a value has been rounded; empty if it was not.
     *
     * @param passed operators that may stand behind the pair, as they only move elements or change their type
     */
    Optional<Codes> of(String value, Set<String> passed) throws IOException {
        return of(value, passed, false);
    }

    /** As {@link #of(String, Set)}, where a factor may have gone into the scale that reads back. */
    Optional<Codes> scaled(String value, Set<String> passed) throws IOException {
        return of(value, passed, true);
    }

    private Optional<Codes> of(String value, Set<String> passed, boolean factor) throws IOException {
        NodeProto node = producer(value, passed);
        if (node == null) {
            return Optional.empty();
        }
        TensorProto stored = tensors.find(node.getInput(0));
        NodeProto quantize = producers.get(node.getInput(0));
        if (node.getOpType().equals(BlockOperators.MXFP8_DEQUANTIZE) || blockSize(node) > 0 && node.getOpType().equals(DEQUANTIZE)) {
            String type = Elements.name(node.getOpType().equals(DEQUANTIZE) ? Elements.FLOAT4E2M1 : FLOAT8);
            return Optional.of(new Codes(type, stored == null ? 0 : count(tensors.find(blockScales(node))), Float.NaN));
        }
        if (!node.getOpType().equals(DEQUANTIZE) || isScaleOfScales(node)) {
            return Optional.empty();
        }
        boolean fits = stored != null || quantize != null && quantize.getOpType().equals(QUANTIZE)
            && (Arrays.equals(scales(quantize), scales(node)) || factor && scales(quantize).length == 1 && scales(node).length == 1)
            && axis(quantize) == axis(node);
        if (!fits) {
            return Optional.empty();
        }
        float[] scales = scales(node);
        String type = Elements.name(tensors.get(node.getInput(2), node.getName() + " zero point").getDataType());
        return Optional.of(new Codes(type, scales.length, scales.length == 1 ? scales[0] : Float.NaN));
    }

    /** What a value comes from on its way back through its pair, if it has one, and through these operators; a node, or an initializer. */
    String origin(String value, Set<String> passed) {
        NodeProto node = producer(value, passed);
        while (node != null && rounds(node)) {
            value = node.getInput(0);
            node = producer(value, passed);
        }
        return node == null ? source(value, passed) : node.getName();
    }

    /** The node that makes a value, past these operators; null where there is none. */
    private NodeProto producer(String value, Set<String> passed) {
        return producers.get(source(value, passed));
    }

    private String source(String value, Set<String> passed) {
        NodeProto node = producers.get(value);
        return node != null && passed.contains(node.getOpType()) ? source(node.getInput(0), passed) : value;
    }

    private static boolean rounds(NodeProto node) {
        return node.getOpType().equals(QUANTIZE) || node.getOpType().equals(DEQUANTIZE)
            || node.getOpType().equals(BlockOperators.MXFP8_DEQUANTIZE) || DYNAMIC.contains(node.getOpType());
    }

    private float[] scales(NodeProto node) throws IOException {
        return tensors.floats(tensors.get(node.getInput(1), node.getName() + " scale"));
    }

    private static long count(TensorProto tensor) {
        return tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
    }

    private static long axis(NodeProto node) {
        return attribute(node, "axis", 1);
    }

    private static long blockSize(NodeProto node) {
        return attribute(node, "block_size", 0);
    }

    private static long attribute(NodeProto node, String name, long absent) {
        return node.getAttributeList().stream().filter(a -> a.getName().equals(name))
            .mapToLong(AttributeProto::getI).findFirst().orElse(absent);
    }
}
