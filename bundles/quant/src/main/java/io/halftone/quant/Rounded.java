package io.halftone.quant;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tensors of a layer rounded, the products between them in full precision. In an attention the scale is multiplied into
 * the queries where they are rounded, so that every operand of a product stands behind its Q/DQ pair.
 *
 * @param format of all that is rounded
 * @param ranges of the slots that are rounded; that of {@link Slot#QUERY} is of the scaled queries
 */
public record Rounded(QuantFormat format, Map<Slot, Range> ranges) implements LayerRewrite {
    public Rounded {
        ranges = Collections.unmodifiableMap(new TreeMap<>(ranges));
    }

    @Override
    public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
        return ops.linear(layer, round(ops, x, Slot.INPUT), round(ops, w, Slot.WEIGHT));
    }

    @Override
    public <T> T conv(Ops<T> ops, Layer.Conv layer, T x, T w) {
        return ops.conv(layer, round(ops, x, Slot.INPUT), round(ops, w, Slot.WEIGHT));
    }

    @Override
    public <T> T attention(Ops<T> ops, Layer.Attention layer, T q, T k, T v) {
        if (layer.causal()) {
            throw new IllegalArgumentException(layer.name() + ": found a causal attention; expected one in which every token sees all");
        }
        Range queries = ranges.get(Slot.QUERY);
        T scaled = queries == null ? ops.mul(q, ops.constant(layer.scale(), ops.dtype(q))) : format.roundTrip(ops, q, queries, layer.scale());
        T scores = ops.matmul(scaled, round(ops, ops.permute(k, 0, 1, 3, 2), Slot.KEY));
        return ops.matmul(round(ops, ops.softmax(scores, -1), Slot.SOFTMAX), round(ops, v, Slot.VALUE));
    }

    private <T> T round(Ops<T> ops, T x, Slot slot) {
        Range range = ranges.get(slot);
        return range == null ? x : format.roundTrip(ops, x, range);
    }
}
