package io.halftone.collector.step.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.quant.Collector;
import org.junit.jupiter.api.Test;

class MinMaxCollectorTest extends StepCollectorContract {
    MinMaxCollectorTest() {
        super("min-max");
    }

    @Override
    protected Collector collector() {
        return new MinMaxCollector();
    }

    @Test
    void isTheLeastOfTheStepsLargest() {
        // largest 6, 5, 3, 3
        assertEquals(3, amax(1));
        assertEquals("least of 4 steps' largest amax: step 2, largest of 3 calls 3.0", origin(1));
    }

    @Test
    void countsTheFirstFractionOfTheSteps() {
        assertEquals(5, amax(0.5));
        assertEquals(6, amax(0.3));
    }
}
