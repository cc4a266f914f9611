package io.halftone.checkpoint.internal;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;

/** How a value is rounded. */
public sealed interface Encoding {
    /**
     * By {@code quantize}.
     *
     * @param type      INT8 or FLOAT8_E4M3
     * @param scaleType the type of the scales, which the dequantized value has as well
     * @param scales    as their type holds them: one, or one for each index of the axis
     * @param axis      counted from 0; 0 where there is one scale
     */
    record Scaled(DType type, DType scaleType, float[] scales, int axis) implements Encoding {
        public Scaled {
            scales = scales.clone();
        }

        @Override
        public float[] scales() {
            return scales.clone();
        }

        boolean isPerTensor() {
            return scales.length == 1;
        }
    }

    /**
     * By {@code roundBlocks}.
     *
     * @param valueType   the type of the value that is rounded, and of the result
     * @param tensorScale float32; 1 where scales are powers of two
     */
    record Blocked(Blocks blocks, DType valueType, float tensorScale) implements Encoding {}
}
