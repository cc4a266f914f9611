package io.halftone.collector.step.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.quant.Collector;
import org.junit.jupiter.api.Test;

class GlobalMinCollectorTest extends StepCollectorContract {
    GlobalMinCollectorTest() {
        super("global_min");
    }

    @Override
    protected Collector collector() {
        return new GlobalMinCollector();
    }

    @Test
    void isTheLeastAmaxOfAnyCall() {
        // least 4, 3, 1, 1
        assertEquals(1, amax(1));
        assertEquals("least of 4 steps' least amax: step 2, least of 3 calls 1.0", origin(1));
    }

    @Test
    void countsTheFirstFractionOfTheSteps() {
        assertEquals(3, amax(0.5));
        assertEquals(4, amax(0.3));
    }
}
