package io.halftone.core.internal.search;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Set;

/** What a quantized layer's multiplications cost, read off what its format rounds to. */
final class Prices {
    private static final double FULL_BITS = 16;

    private Prices() {}

    /** The bits of the layer's products against 16: a product is cheaper where both its operands are rounded. */
    static double of(Planned planned) {
        Layer layer = planned.layer();
        Set<Slot> slots = planned.slots();
        if (layer instanceof Layer.Attention attention) {
            Shape shape = Shape.of(1, attention.heads(), attention.headDim(), attention.headDim());
            double bits = bits(planned.format(), shape) / FULL_BITS;
            double scores = slots.containsAll(Set.of(Slot.QUERY, Slot.KEY)) ? bits : 1;
            double values = slots.containsAll(Set.of(Slot.SOFTMAX, Slot.VALUE)) ? bits : 1;
            return (scores + values) / 2;   // both products have the same number of multiplications
        }
        Shape shape = layer instanceof Layer.Conv conv ? conv.weightShape() : ((Layer.Linear) layer).weightShape();
        return slots.containsAll(Set.of(Slot.INPUT, Slot.WEIGHT)) ? bits(planned.format(), shape) / FULL_BITS : 1;
    }

    /** The bits of what a tensor of that shape is rounded to; 16 where that cannot be seen. */
    private static double bits(QuantFormat format, Shape shape) {
        Widths widths = new Widths();
        format.roundTrip(widths, new Meta(shape, DType.FLOAT32), Range.of(1));
        return Math.min(widths.least, FULL_BITS);
    }

    /** Notes the narrowest type that a value is rounded to. */
    private static final class Widths extends ForwardingOps<Meta> {
        private static final int BITS_OF_BYTE = 8;
        private static final int BITS_OF_HALF_BYTE = 4;

        private double least = FULL_BITS;

        Widths() {
            super(new ShapeOps(DType.FLOAT32));
        }

        @Override
        public Meta quantize(Meta x, DType type, Meta scale, int axis) {
            least = Math.min(least, type.bytes() * BITS_OF_BYTE);
            return super.quantize(x, type, scale, axis);
        }

        @Override
        public Meta roundBlocks(Meta x, Blocks blocks, Meta tensorScale) {
            least = Math.min(least, blocks.element() == Blocks.Element.E2M1 ? BITS_OF_HALF_BYTE : BITS_OF_BYTE);
            return super.roundBlocks(x, blocks, tensorScale);
        }
    }
}
