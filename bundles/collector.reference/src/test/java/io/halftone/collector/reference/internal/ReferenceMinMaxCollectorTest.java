package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.quant.Collector;
import org.junit.jupiter.api.Test;

class ReferenceMinMaxCollectorTest extends ReferenceCollectorContract {
    ReferenceMinMaxCollectorTest() {
        super("reference-min-max", 3, 5, 6, 6, 2, 3, 5);
    }

    @Override
    protected Collector collector() {
        return new ReferenceMinMaxCollector();
    }

    @Test
    void explainsItself() {
        assertEquals("least of the buckets' largest amax, in FLOAT16: 5.0; buckets 0 to 1 of 4, 12 executions", origin());
    }
}
