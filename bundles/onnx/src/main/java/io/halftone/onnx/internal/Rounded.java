package io.halftone.onnx.internal;

import io.halftone.onnx.internal.OnnxValue.Blocked;
import io.halftone.onnx.internal.OnnxValue.Codes;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.onnx.internal.OnnxValue.Dequantized;
import io.halftone.onnx.internal.OnnxValue.Joined;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.HashSet;
import java.util.Set;

/** Values that go through a low type: a weight stays out of the graph, as its codes are computed while exporting. */
final class Rounded {
    private final ShapeOps shapes;
    private final Nodes nodes;
    private final Pairs pairs;
    private final BlockOperators blockOperators;
    private final Set<String> float8 = new HashSet<>();

    Rounded(ShapeOps shapes, Nodes nodes, Pairs pairs, BlockOperators blockOperators) {
        this.shapes = shapes;
        this.nodes = nodes;
        this.pairs = pairs;
        this.blockOperators = blockOperators;
    }

    /** Whether that name is of a value that was 8-bit floats a moment ago. */
    boolean isFloat8(String name) {
        return float8.contains(name);
    }

    OnnxValue quantize(OnnxValue x, DType type, OnnxValue scale, int axis) {
        Meta meta = shapes.quantize(x.meta(), type, scale.meta(), axis);
        if (x instanceof Weight w && scale instanceof Constant c) {
            return new Codes(w, c, c.shape().rank() == 0 ? 0 : x.shape().axis(axis), meta);
        } else if (x instanceof Joined joined && scale.shape().rank() == 0) {
            return new Joined(joined.parts().stream().map(part -> quantize(part, type, scale, axis)).toList(), meta);
        }
        return new Result(pairs.quantize(nodes.name(x), type, nodes.name(scale), scale.shape(), axis), meta);
    }

    OnnxValue dequantize(OnnxValue q, OnnxValue scale, int axis) {
        Meta meta = shapes.dequantize(q.meta(), scale.meta(), axis);
        if (q instanceof Codes codes && codes.scale().equals(scale) && (!codes.perChannel() || codes.axis() == q.shape().axis(axis))) {
            return new Dequantized(codes, meta);
        } else if (q instanceof Joined joined && scale.shape().rank() == 0) {
            return new Joined(joined.parts().stream().map(part -> dequantize(part, scale, axis)).toList(), meta);
        }
        String value = pairs.dequantize(nodes.name(q), q.dtype(), nodes.name(scale), scale.shape(), axis);
        if (q.dtype() == DType.FLOAT8_E4M3) {
            float8.add(value);
        }
        return new Result(value, meta);
    }

    OnnxValue roundBlocks(OnnxValue x, Blocks blocks, OnnxValue tensorScale) {
        Meta meta = shapes.roundBlocks(x.meta(), blocks, tensorScale.meta());
        if (x instanceof Weight w && tensorScale instanceof Constant scale) {
            return new Blocked(w, blocks, scale, meta);
        }
        String scale = BlockOperators.isFp4(blocks) ? nodes.name(tensorScale) : "";
        return new Result(blockOperators.rounded(nodes.name(x), x.dtype(), blocks, scale), meta);
    }
}
