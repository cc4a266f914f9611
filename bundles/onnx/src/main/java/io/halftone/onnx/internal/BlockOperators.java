package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.ExportException;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import java.util.List;

/**
 * Block formats in the operators that TensorRT knows: {@code TRT_FP4DynamicQuantize} with standard DequantizeLinear over 4-bit
 * floats, and the pair of {@code TRT_MXFP8DynamicQuantize} and {@code TRT_MXFP8DequantizeLinear}. Source: NVIDIA Model Optimizer,
 * export_onnx.py.
 */
final class BlockOperators {
    /** The first operator set whose DequantizeLinear takes 4-bit floats. */
    static final int FLOAT4_OPSET = 23;
    /** The domain of operators that only TensorRT has. */
    static final String DOMAIN = "trt";
    static final String FP4_QUANTIZE = "TRT_FP4DynamicQuantize";
    static final String MXFP8_QUANTIZE = "TRT_MXFP8DynamicQuantize";
    static final String MXFP8_DEQUANTIZE = "TRT_MXFP8DequantizeLinear";

    private final Graph graph;

    BlockOperators(Graph graph) {
        this.graph = graph;
    }

    /**
     * A value rounded in blocks when the model runs.
     *
     * @param tensorScale the name of the float32 scale of the tensor; empty where blocks have none
     */
    String rounded(String x, DType type, Blocks blocks, String tensorScale) {
        boolean fp4 = isFp4(blocks);
        AttributeProto float8 = Graph.attribute(fp4 ? "scale_type" : "output_dtype", (long) DataType.FLOAT8E4M3FN.getNumber());
        List<String> codes = graph.nodes(DOMAIN, fp4 ? FP4_QUANTIZE : MXFP8_QUANTIZE, fp4 ? List.of(x, tensorScale) : List.of(x), 2,
            axis(), size(blocks), float8);
        return dequantized(codes.get(0), codes.get(1), tensorScale, type, blocks);
    }

    /** Values of that type from codes and the codes of block scales. */
    String dequantized(String codes, String scales, String tensorScale, DType type, Blocks blocks) {
        if (!isFp4(blocks)) {
            AttributeProto output = Graph.attribute("output_dtype", (long) Elements.type(type).getNumber());
            return graph.nodes(DOMAIN, MXFP8_DEQUANTIZE, List.of(codes, scales), 1, axis(), size(blocks), output).get(0);
        }
        graph.needs(FLOAT4_OPSET);
        String steps = graph.node("DequantizeLinear", List.of(scales, tensorScale));
        String wide = graph.node("DequantizeLinear", List.of(codes, steps), axis(), size(blocks));
        return type == DType.FLOAT32 ? wide
            : graph.node("Cast", wide, Graph.attribute("to", (long) Elements.type(type).getNumber()));
    }

    /** Whether elements are 4-bit floats; refuses what has no operators. */
    static boolean isFp4(Blocks blocks) {
        boolean fp4 = blocks.element() == Blocks.Element.E2M1 && blocks.scale() == Blocks.Scale.E4M3;
        boolean mxfp8 = blocks.element() == Blocks.Element.E4M3 && blocks.scale() == Blocks.Scale.E8M0;
        if (!fp4 && !mxfp8) {
            throw new ExportException("blocks: found elements " + blocks.element() + " with scales " + blocks.scale()
                + "; expected E2M1 with E4M3 or E4M3 with E8M0");
        }
        return fp4;
    }

    private static AttributeProto axis() {
        return Graph.attribute("axis", -1L);
    }

    private static AttributeProto size(Blocks blocks) {
        return Graph.attribute("block_size", (long) blocks.size());
    }
}
