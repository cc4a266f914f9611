package io.halftone.checkpoint.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import io.halftone.quant.Slot;
import java.util.Set;

/** What a value of a rewrite is made of, as {@link Trace} sees it. */
sealed interface Origin {
    /**
     * A tensor of the layer, widened at most.
     *
     * @param factors what it was multiplied with, channel by channel; empty for nothing
     */
    record Tensor(Slot slot, float[] factors) implements Origin {}

    /** Numbers that are known. */
    record Constant(float[] values, DType type, boolean scalar) implements Origin {
        /** The numbers as another type holds them. */
        Constant in(DType other) {
            float[] rounded = values.clone();
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = Float16.rounded(rounded[i], other);
            }
            return new Constant(rounded, other, scalar);
        }
    }

    /** A tensor of the layer, quantized. */
    record Codes(Tensor of, DType type, Object scale, int axis) implements Origin {}

    /** A tensor of the layer, quantized and dequantized with the same scale. */
    record RoundedTensor(Tensor of) implements Origin {}

    /** A tensor of the checkpoint that is not the layer's own. */
    record Parameter(String name, Shape shape) implements Origin {}

    /** The input's product with the first of two narrow matrices. */
    record Narrow(Tensor of, Parameter a) implements Origin {}

    /** The input's product with both. */
    record Branch(Tensor of, LowRank matrices) implements Origin {}

    /** Made of tensors by element-wise operations and changes of shape. */
    record Derived(Set<Slot> of) implements Origin {}
}
