package io.halftone.format.weightonly.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.format.int8.internal.Int8Format;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import io.halftone.testkit.QuantFormatContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Int8WeightOnlyFormatTest extends QuantFormatContract {
    @Override
    protected QuantFormat format() {
        return new Int8WeightOnlyFormat(new Int8Format());
    }

    @Override
    protected double resolution() {
        return 0.5 / 127;
    }

    @Test
    void roundsWeightsAndLeavesInputsByDesign() {
        Layer conv = new Layer.Conv("c", Role.CONVOLUTION, 4, 4, 3, 1, 1, true);
        for (Layer layer : List.of(new Layer.Linear("l", Role.QKV, 4, 4, true), conv)) {
            assertEquals(Optional.of(Granularity.PER_CHANNEL), format().granularity(layer, Slot.WEIGHT));
            assertEquals(Optional.of(Granularity.NONE), format().granularity(layer, Slot.INPUT));
            assertEquals(Optional.empty(), format().granularity(layer, Slot.OUTPUT));
        }
    }

    @Test
    void isNotOfferedForAttentionsWhichHaveNoWeight() {
        Layer attention = new Layer.Attention("attn", Role.ATTENTION, 2, 64, 0.125, false);
        for (Slot slot : List.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX)) {
            assertEquals(Optional.empty(), format().granularity(attention, slot), slot.suffix());
        }
    }

    @Test
    void scalesEachChannelByItsOwnAmax() {
        float[] found = roundTrip(DType.FLOAT32, new float[] {1, 0.4f, 100, 40.2f}, new Range(new float[] {127, 12700}, 0), 2, 2);
        assertArrayEquals(new float[] {1, 0, 100, 0}, found);
    }

    @Test
    void needsNoSmoothing() {
        assertEquals("max", format().usualAlgorithm());
    }
}
