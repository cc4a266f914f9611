package io.halftone.algorithm.svdquant.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.LayerRun;

/**
 * Takes the low-rank part out of a weight. What is left is what the part's two factors, as the compute type holds them, lack.
 *
 * @param before what is done with the weight first; its result under {@link LayerRun#WEIGHT} is taken apart
 * @param rank   of the part, less than both sides of the weight
 * @param name   the layer's
 * @param type   the compute type
 */
record SplitOff(LayerRun.WeightChange before, int rank, String name, DType type) implements LayerRun.WeightChange {
    /** Nothing is done first. */
    static final LayerRun.WeightChange WHOLE = new LayerRun.WeightChange() {
        @Override
        public <T> Values<T> apply(EagerOps<T> ops, T w) {
            return Values.of(LayerRun.WEIGHT, w);
        }
    };

    @Override
    public <T> Values<T> apply(EagerOps<T> ops, T w) {
        T whole = before.apply(ops, w).get(LayerRun.WEIGHT);
        Shape shape = ops.shape(whole);
        LowRank part = LowRank.of(ops, whole, rank, name);
        T a = held(ops, ops.constant(part.a(), Shape.of(rank, shape.dim(1).size()), DType.FLOAT32));
        T b = held(ops, ops.constant(part.b(), Shape.of(shape.dim(0).size(), rank), DType.FLOAT32));
        T rest = ops.sub(whole, ops.matmul(b, a));
        return Values.of(LayerRun.WEIGHT, rest).and(LowRankBranch.A, a).and(LowRankBranch.B, b);
    }

    private <T> T held(EagerOps<T> ops, T x) {
        return ops.cast(ops.cast(x, type), DType.FLOAT32);
    }
}
