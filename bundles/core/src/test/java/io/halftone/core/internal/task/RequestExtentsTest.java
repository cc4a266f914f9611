package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestExtentsTest {
    private static final Port SAMPLE = Port.computed("sample", Shape.of(Dim.named("batch"), Dim.of(4), Dim.named("height"), Dim.named("width")));
    private static final ModelSignature SIGNATURE = new ModelSignature(List.of(SAMPLE), List.of(), Map.of("batch", new Extent(1, 2, 16),
        "height", new Extent(8, 64, 128), "width", new Extent(8, 64, 128)));
    private static final Map<String, Extent> USUAL = Map.of("batch", new Extent(2, 2, 8), "height", new Extent(64, 64, 64), "width", new Extent(64, 64, 64));

    private static Map<String, Extent> extents(long... shape) {
        return RequestExtents.of(SIGNATURE, USUAL, Map.of("sample", Shape.of(shape)));
    }

    @Test
    void isTunedForARequestThatFits() {
        assertEquals(Map.of("batch", new Extent(2, 6, 8), "height", new Extent(64, 64, 64), "width", new Extent(64, 64, 64)), extents(6, 4, 64, 64));
    }

    @Test
    void isWidenedToTheRequestAndTunedForIt() {
        assertEquals(Map.of("batch", new Extent(1, 1, 8), "height", new Extent(64, 96, 96), "width", new Extent(32, 32, 64)), extents(1, 4, 96, 32));
    }

    @Test
    void refusesWhatTheModelCannotTake() {
        assertEquals("engine: batch: found a request that needs 18; expected 1 to 16: make fewer pictures at once, or of another size",
            assertThrows(IllegalArgumentException.class, () -> extents(18, 4, 64, 64)).getMessage());
    }
}
