package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayerStateTest {
    @Test
    void givesTheRangeOfASlot() {
        LayerState state = new LayerState("mid_block.conv1", "max", "int8", Map.of(Slot.WEIGHT, Range.of(2)), Map.of(), Map.of(), List.of());
        assertEquals(Range.of(2), state.range(Slot.WEIGHT));
        var e = assertThrows(CalibrationException.class, () -> state.range(Slot.INPUT));
        assertEquals("mid_block.conv1.input_quantizer: found no range; expected one", e.getMessage());
    }

    @Test
    void keepsAnOrderThatDoesNotDependOnTheMaps() {
        LayerState state = new LayerState("a", "max", "int8", Map.of(Slot.VALUE, Range.of(1), Slot.INPUT, Range.of(2), Slot.WEIGHT, Range.of(3)),
            Map.of(), Map.of("b", new float[1], "a", new float[2], "c", new float[3]), List.of());
        assertEquals(List.of(Slot.INPUT, Slot.WEIGHT, Slot.VALUE), List.copyOf(state.ranges().keySet()));
        assertEquals(List.of("a", "b", "c"), List.copyOf(state.vectors().keySet()));
    }

    @Test
    void copiesWhatItIsMadeOf() {
        float[] vector = {1, 2};
        Map<Slot, Range> ranges = new HashMap<>(Map.of(Slot.INPUT, Range.of(1)));
        Map<String, float[]> vectors = new HashMap<>(Map.of("x", vector));
        LayerState state = new LayerState("a", "max", "int8", ranges, Map.of(), vectors, List.of());
        vector[0] = 9;
        ranges.clear();
        vectors.clear();
        assertEquals(Range.of(1), state.range(Slot.INPUT));
        assertArrayEquals(new float[] {1, 2}, state.vectors().get("x"));
        assertThrows(UnsupportedOperationException.class, () -> state.ranges().clear());
        assertThrows(UnsupportedOperationException.class, () -> state.vectors().clear());
    }

    @Test
    void aSiteIsCalledByItsLayerAndSlot() {
        assertEquals("mid_block.conv1.input_quantizer", new Site("mid_block.conv1", Slot.INPUT).name());
        assertEquals("attn1.q_bmm_quantizer", new Site("attn1", Slot.QUERY).toString());
    }
}
