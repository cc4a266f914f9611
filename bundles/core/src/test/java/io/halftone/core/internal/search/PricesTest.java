package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PricesTest {
    private static final Layer LINEAR = new Layer.Linear("to_q", Role.QKV, 32, 16, false);
    private static final Layer ATTENTION = new Layer.Attention("attn", Role.ATTENTION, 2, 16, 0.25, false);

    @Test
    void countsTheBitsOfWhatTheFormatRoundsTo() {
        assertEquals(0.5, price(LINEAR, new ToInt8(), Slot.INPUT, Slot.WEIGHT));
        assertEquals(0.25, price(LINEAR, new ToBlocks(Blocks.Element.E2M1), Slot.INPUT, Slot.WEIGHT));
        assertEquals(0.5, price(LINEAR, new ToBlocks(Blocks.Element.E4M3), Slot.INPUT, Slot.WEIGHT));
        assertEquals(0.5, price(new Layer.Conv("conv", Role.CONVOLUTION, 4, 8, 3, 1, 1, true), new ToInt8(), Slot.INPUT, Slot.WEIGHT));
    }

    @Test
    void aProductWithAnOperandInFullPrecisionIsNoCheaper() {
        assertEquals(1, price(LINEAR, new ToInt8(), Slot.WEIGHT));
        assertEquals(0.75, price(ATTENTION, new ToInt8(), Slot.QUERY, Slot.KEY, Slot.VALUE));
        assertEquals(0.5, price(ATTENTION, new ToInt8(), Slot.QUERY, Slot.KEY, Slot.SOFTMAX, Slot.VALUE));
    }

    @Test
    void whatIsNotSeenToBeRoundedIsNoCheaper() {
        QuantFormat none = new ToInt8() {
            @Override
            public <T> T roundTrip(Ops<T> ops, T x, Range range) {
                return x;
            }
        };
        assertEquals(1, price(LINEAR, none, Slot.INPUT, Slot.WEIGHT));
    }

    private static double price(Layer layer, QuantFormat format, Slot... slots) {
        return Prices.of(new Planned(layer, Set.of(slots), "format", format, "max", "default"));
    }

    private static class ToInt8 implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            T scale = ops.constant(range.max() / 127, ops.dtype(x));
            return ops.dequantize(ops.quantize(x, DType.INT8, scale, 0), scale, 0);
        }
    }

    private static final class ToBlocks extends ToInt8 {
        private final Blocks blocks;

        ToBlocks(Blocks.Element element) {
            this.blocks = new Blocks(element, 16, Blocks.Scale.E8M0);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return ops.roundBlocks(x, blocks, ops.constant(1, DType.FLOAT32));
        }
    }
}
