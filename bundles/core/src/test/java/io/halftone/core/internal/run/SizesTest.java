package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.TestPipeline;
import io.halftone.pipeline.PromptBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class SizesTest {
    @Test
    void leavesToThePipelineWhatIsNotAsked() {
        assertEquals(new PromptBatch(List.of("a", "b"), List.of("", ""), 7.5, 64, 32), batch(Double.NaN, 0, 0));
    }

    @Test
    void takesWhatIsAsked() {
        assertEquals(new PromptBatch(List.of("a", "b"), List.of("", ""), 0, 16, 48), batch(0, 16, 48));
    }

    @Test
    void refusesASideThatIsNoMultiple() {
        assertEquals("height: found 24; expected a multiple of 16",
            assertThrows(IllegalArgumentException.class, () -> batch(1, 24, 0)).getMessage());
        assertEquals("width: found 8; expected a multiple of 16",
            assertThrows(IllegalArgumentException.class, () -> batch(1, 0, 8)).getMessage());
        assertEquals("width: found -16; expected a multiple of 16",
            assertThrows(IllegalArgumentException.class, () -> batch(1, 0, -16)).getMessage());
    }

    private static PromptBatch batch(double guidance, long height, long width) {
        return Sizes.batch(TestPipeline.SPEC, List.of("a", "b"), "", guidance, height, width);
    }
}
