package io.halftone.core.internal.task;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What a format makes of a range: found by running its rounding once over shapes, so that any format is known whose scales are constants.
 *
 * @param scales as the compute type holds them: one, or one for each index of the range's axis; that of the tensor where there are blocks. None
 *               where they are no constants
 * @param blocks what shares a scale of its own; null where nothing does
 */
record FormatScales(float[] scales, Blocks blocks) {
    /** Elements along the last axis: a multiple of the blocks that there are. */
    private static final long RUN = 1 << 10;

    static FormatScales of(QuantFormat format, Range range, DType computeType) {
        Reader reader = new Reader(computeType);
        long[] shape = new long[range.axis() + 2];
        Arrays.fill(shape, 1);
        shape[range.axis()] = range.amax().length;
        shape[range.axis() + 1] = RUN;
        format.roundTrip(reader, new Meta(Shape.of(shape), computeType), range);
        return new FormatScales(reader.scales, reader.blocks);
    }

    /** Remembers the constants that something is rounded with. */
    private static final class Reader extends ForwardingOps<Meta> {
        private final Map<Meta, float[]> constants = new IdentityHashMap<>();
        private float[] scales = {};
        private Blocks blocks;

        private Reader(DType computeType) {
            super(new ShapeOps(computeType));
        }

        @Override
        public Meta constant(double value, DType type) {
            return constant(target().constant(value, type), new float[] {(float) value}, type);
        }

        @Override
        public Meta constant(float[] values, Shape shape, DType type) {
            return constant(target().constant(values, shape, type), values, type);
        }

        private Meta constant(Meta meta, float[] values, DType type) {
            float[] held = new float[values.length];
            for (int i = 0; i < held.length; i++) {
                held[i] = Float16.rounded(values[i], type);
            }
            constants.put(meta, held);
            return meta;
        }

        @Override
        public Meta dequantize(Meta q, Meta scale, int axis) {
            scales = constants.getOrDefault(scale, new float[0]);
            return super.dequantize(q, scale, axis);
        }

        @Override
        public Meta roundBlocks(Meta x, Blocks its, Meta tensorScale) {
            scales = constants.getOrDefault(tensorScale, new float[0]);
            blocks = its;
            return super.roundBlocks(x, its, tensorScale);
        }
    }
}
