package io.halftone.collector.reference.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;

/**
 * Arithmetic as PyTorch does it on the CPU for tensors of a type: each operation in float32, its result rounded to the type.
 * Statistics hold the ordinal, so the order stays.
 */
enum Precision {
    /** Nothing is rounded further. */
    FLOAT32(DType.FLOAT32),
    /** 65520 and more become infinite. */
    FLOAT16(DType.FLOAT16),
    /** 8 significant bits. */
    BFLOAT16(DType.BFLOAT16);

    private final DType type;

    Precision(DType type) {
        this.type = type;
    }

    static Precision of(DType type) {
        for (Precision precision : values()) {
            if (precision.type == type) {
                return precision;
            }
        }
        throw new IllegalArgumentException("type: found " + type + "; expected FLOAT32, FLOAT16 or BFLOAT16");
    }

    float round(float x) {
        return Float16.rounded(x, type);
    }

    float add(float a, float b) {
        return round(a + b);
    }

    float divide(float a, int b) {
        return round(a / b);
    }

    /** Summed in float32, from the first, whatever the type. */
    float mean(float[] values) {
        float sum = 0;
        for (float value : values) {
            sum += value;
        }
        return round(sum / values.length);
    }
}
