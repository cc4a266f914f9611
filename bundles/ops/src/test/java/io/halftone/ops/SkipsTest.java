package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkipsTest {
    private final List<Meta> adopted = new ArrayList<>();
    private final Skips<Meta> skips = new Skips<>(new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT32)) {
        @Override
        public Meta adopt(Meta x) {
            adopted.add(x);
            return x;
        }
    });

    @Test
    void popsInTheOppositeOrderAndHandsOverToTheRegion() {
        skips.push(meta(1));
        skips.push(meta(2));
        assertEquals(meta(2), skips.pop());
        assertEquals(meta(1), skips.pop());
        assertEquals(List.of(meta(2), meta(1)), adopted);
        assertTrue(skips.isEmpty());
    }

    @Test
    void peekLeavesTheValueWhereItIs() {
        skips.push(meta(1));
        assertEquals(meta(1), skips.peek());
        assertFalse(skips.isEmpty());
        assertEquals(List.of(), adopted);
    }

    @Test
    void refusesToPopWhatWasNotPushed() {
        var e = assertThrows(IllegalStateException.class, skips::pop);
        assertEquals("skip connections: found none left; expected one for each block on the way up", e.getMessage());
        assertEquals(e.getMessage(), assertThrows(IllegalStateException.class, skips::peek).getMessage());
    }

    private static Meta meta(long channels) {
        return new Meta(Shape.of(channels), DType.FLOAT32);
    }
}
