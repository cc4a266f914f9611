package io.halftone.format.weightonly.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.Slot;
import io.halftone.testkit.QuantFormatContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the weight-only formats hold to beside what every format does. */
abstract class WeightOnlyFormatContract extends QuantFormatContract {
    /** What shares a scale in a weight. */
    abstract Granularity weights();

    @Test
    void roundsWeightsAndLeavesInputsByDesign() {
        Layer conv = new Layer.Conv("c", Role.CONVOLUTION, 4, 4, 3, 1, 1, true);
        for (Layer layer : List.of(new Layer.Linear("l", Role.QKV, 4, 4, true), conv)) {
            assertEquals(Optional.of(weights()), format().granularity(layer, Slot.WEIGHT));
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
    void needsNoSmoothing() {
        assertEquals("max", format().usualAlgorithm());
    }
}
