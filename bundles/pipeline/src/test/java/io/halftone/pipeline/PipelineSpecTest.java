package io.halftone.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineSpecTest {
    private static PipelineSpec spec(int latentsPerToken, boolean evenLevels) {
        return new PipelineSpec("unet", List.of("unet"), 4, 8, 16, 512, 512, 20, 5, latentsPerToken, evenLevels);
    }

    @Test
    void countsTheTokensOfAPicture() {
        assertEquals(new Scheduler.Run(20, 64 * 96, false), spec(1, false).run(20, 512, 768));
        assertEquals(new Scheduler.Run(20, 32 * 48, false), spec(2, false).run(20, 512, 768));
    }

    @Test
    void saysOfARunWhetherItsLevelsAreEven() {
        assertEquals(new Scheduler.Run(4, 4096, true), spec(2, true).run(4, 1024, 1024));
    }
}
