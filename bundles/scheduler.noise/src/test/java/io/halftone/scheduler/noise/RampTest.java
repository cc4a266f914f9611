package io.halftone.scheduler.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RampTest {
    @Test
    void includesBothEnds() {
        assertArrayEquals(new double[] {1, 0.75, 0.5}, Ramp.doubles(1, 0.5, 3));
        assertArrayEquals(new float[] {1, 0.75f, 0.5f}, Ramp.floats(1, 0.5f, 3));
    }

    @Test
    void isTheStartAloneWhereThereIsOne() {
        assertArrayEquals(new double[] {3}, Ramp.doubles(3, 5, 1));
        assertArrayEquals(new float[] {3}, Ramp.floats(3, 5, 1));
    }

    @Test
    void countsTheSecondHalfFromTheEndInFloat32() {
        float start = 0.1f;
        float end = 0.7f;
        float step = (end - start) / 4;
        assertEquals(end - step, Ramp.floats(start, end, 5)[3]);
    }
}
