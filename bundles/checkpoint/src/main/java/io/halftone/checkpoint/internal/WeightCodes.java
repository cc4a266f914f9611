package io.halftone.checkpoint.internal;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.Slot;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a rewrite rounds the tensors of its layer, found by running it once over shapes: so every format that is written with
 * {@code quantize} or {@code roundBlocks} is known, whatever its name.
 *
 * @param rounded      the slots that are rounded
 * @param encodings    of those whose scales are constants
 * @param weight       how the weight is rounded, where that is all that the rewrite does with it
 * @param inputFactors what the input's channels are multiplied with before it is rounded; empty for nothing
 * @param plain        whether the layer's result is that of its rounded input and weight and nothing more, as other programs have it
 * @param lowRank      narrow matrices that the input goes through as well, where that is all the more there is
 */
public record WeightCodes(Set<Slot> rounded, Map<Slot, Encoding> encodings, Optional<Encoding> weight, float[] inputFactors,
                          boolean plain, Optional<LowRank> lowRank) {
    private static final long TOKENS = 2;

    public WeightCodes {
        rounded = Collections.unmodifiableSet(new TreeSet<>(rounded));
        encodings = Collections.unmodifiableMap(new TreeMap<>(encodings));
        inputFactors = inputFactors.clone();
    }

    /** Whether other programs know it as SVDQuant: products in NVFP4 and two narrow matrices beside them. */
    boolean isNvfp4Svd() {
        return lowRank.isPresent() && weight.isPresent() && isNvfp4(weight.get()) && isNvfp4(encodings.get(Slot.INPUT));
    }

    private static boolean isNvfp4(Encoding encoding) {
        return encoding instanceof Encoding.Blocked blocked && blocked.blocks().element() == Blocks.Element.E2M1
            && blocked.blocks().scale() == Blocks.Scale.E4M3;
    }

    @Override
    public float[] inputFactors() {
        return inputFactors.clone();
    }

    /** What the rewrite of a layer does, in a model of that compute type. */
    public static WeightCodes of(Layer layer, LayerRewrite rewrite, DType computeType) {
        Trace trace = new Trace(computeType);
        Ops<Meta> ops = trace.ops();
        Meta result;
        if (layer instanceof Layer.Linear linear) {
            Meta x = trace.tensor(Slot.INPUT, Shape.of(1, TOKENS, linear.in()));
            result = rewrite.linear(ops, linear, x, trace.tensor(Slot.WEIGHT, linear.weightShape()));
        } else if (layer instanceof Layer.Conv conv) {
            long extent = conv.kernel();
            Meta x = trace.tensor(Slot.INPUT, Shape.of(1, conv.in(), extent, extent));
            result = rewrite.conv(ops, conv, x, trace.tensor(Slot.WEIGHT, conv.weightShape()));
        } else {
            Layer.Attention attention = (Layer.Attention) layer;
            Shape shape = Shape.of(1, attention.heads(), TOKENS, attention.headDim());
            result = rewrite.attention(ops, attention, trace.tensor(Slot.QUERY, shape), trace.tensor(Slot.KEY, shape),
                trace.tensor(Slot.VALUE, shape));
        }
        Optional<Encoding> weight = trace.weightEscapes() ? Optional.empty() : Optional.ofNullable(trace.encodings().get(Slot.WEIGHT));
        return new WeightCodes(trace.rounded(), trace.encodings(), weight, trace.inputFactors(), trace.isPlain(result),
            trace.lowRank(result));
    }
}
