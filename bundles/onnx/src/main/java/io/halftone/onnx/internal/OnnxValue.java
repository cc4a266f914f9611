package io.halftone.onnx.internal;

import com.google.protobuf.ByteString;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.shape.Meta;
import java.util.List;

/** A value of the graph under construction. What is known already stays out of the graph until an operator needs it. */
sealed interface OnnxValue {
    /** Shape and type. */
    Meta meta();

    default Shape shape() {
        return meta().shape();
    }

    default DType dtype() {
        return meta().dtype();
    }

    /** An input of the graph or the output of a node. */
    record Result(String name, Meta meta) implements OnnxValue {}

    /**
     * A small tensor known at export. Equal content makes equal constants.
     *
     * @param bytes the elements, row-major and little-endian
     */
    record Constant(ByteString bytes, Meta meta) implements OnnxValue {
        float[] floats() {
            return TensorView.host(dtype(), shape().sizes(), bytes.asReadOnlyByteBuffer()).toFloats();
        }
    }

    /** Values beside each other along the last axis, not joined yet: a product may take each with its part of the weight. */
    record Joined(List<OnnxValue> parts, Meta meta) implements OnnxValue {}

    /** A tensor of the checkpoint, not read yet. */
    record Weight(String parameter, Meta meta) implements OnnxValue {}

    /**
     * A weight in a low type, not computed yet.
     *
     * @param scale a scalar, or one number for each index of axis
     */
    record Codes(Weight weight, Constant scale, int axis, Meta meta) implements OnnxValue {
        boolean perChannel() {
            return scale.shape().rank() == 1;
        }
    }

    /** A weight on its way back from a low type: what a quantized layer multiplies with. */
    record Dequantized(Codes codes, Meta meta) implements OnnxValue {}

    /**
     * A weight on its way back from blocks of a low type.
     *
     * @param tensorScale a float32 scalar
     */
    record Blocked(Weight weight, Blocks blocks, Constant tensorScale, Meta meta) implements OnnxValue {}
}
