package io.halftone.algorithm.svdquant.internal;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;

/**
 * What becomes of a linear layer's input, plus the input's product with two narrow matrices, in the compute type.
 *
 * @param rank of the matrices
 * @param main what the input goes to beside them; its weight lacks their product
 */
record LowRankBranch(int rank, LayerRewrite main) implements LayerRewrite {
    /** The parameter (rank, in), behind the layer's name. */
    static final String A = "weight_quantizer.svdquant_lora_a";
    /** The parameter (out, rank), behind the layer's name. */
    static final String B = "weight_quantizer.svdquant_lora_b";

    @Override
    public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
        T a = ops.parameter(layer.name() + "." + A, Shape.of(rank, layer.in()));
        T b = ops.parameter(layer.name() + "." + B, Shape.of(layer.out(), rank));
        return ops.add(main.linear(ops, layer, x, w), ops.linear(ops.linear(x, a), b));
    }
}
