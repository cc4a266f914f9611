package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.quant.Collector;
import org.junit.jupiter.api.Test;

class ReferenceGlobalMinCollectorTest extends ReferenceCollectorContract {
    ReferenceGlobalMinCollectorTest() {
        super("reference-global_min", 1, 3, 4, 4, 1, 1, 3);
    }

    @Override
    protected Collector collector() {
        return new ReferenceGlobalMinCollector();
    }

    @Test
    void explainsItself() {
        assertEquals("least of the buckets' least amax, in FLOAT16: 3.0; buckets 0 to 1 of 4, 12 executions", origin());
    }
}
