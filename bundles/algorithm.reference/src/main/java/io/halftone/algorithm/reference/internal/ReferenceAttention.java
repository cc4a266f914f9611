package io.halftone.algorithm.reference.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The reference's attention: the root of the scale is multiplied into queries and keys, which are then rounded with the ranges
 * that they had before, and both products are taken in float32.
 *
 * @param format of all that is rounded
 * @param ranges of the slots that are rounded
 */
record ReferenceAttention(QuantFormat format, Map<Slot, Range> ranges) implements LayerRewrite {
    ReferenceAttention {
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
    }

    @Override
    public <T> T attention(Ops<T> ops, Layer.Attention layer, T q, T k, T v) {
        if (layer.causal()) {
            throw new IllegalArgumentException(layer.name() + ": found a causal attention; expected one in which every token sees all");
        }
        DType type = ops.dtype(q);
        T root = ops.constant(Math.sqrt(layer.scale()), type);
        T queries = round(ops, ops.mul(q, root), Slot.QUERY);
        T keys = round(ops, ops.mul(ops.permute(k, 0, 1, 3, 2), root), Slot.KEY);
        T scores = ops.cast(ops.matmul(ops.cast(queries, DType.FLOAT32), ops.cast(keys, DType.FLOAT32)), type);
        T weights = round(ops, ops.softmax(scores, -1), Slot.SOFTMAX);
        T values = round(ops, v, Slot.VALUE);
        return ops.cast(ops.matmul(ops.cast(weights, DType.FLOAT32), ops.cast(values, DType.FLOAT32)), type);
    }

    private <T> T round(Ops<T> ops, T x, Slot slot) {
        Range range = ranges.get(slot);
        return range == null ? x : format.roundTrip(ops, x, range);
    }
}
