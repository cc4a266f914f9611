package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    @Test
    void isReadAsItWasWritten() {
        var measurement = new Measurement(Measurement.Kind.PSNR, 2, List.of(0, 7, 700));
        assertEquals("{\"kind\":\"PSNR\",\"batch\":2,\"candidates\":[0,7,700]}", measurement.text());
        assertEquals(measurement, Measurement.parse(measurement.text()));
    }

    @Test
    void refusesWhatIsNoMeasurement() {
        for (String text : List.of("", "{\"kind\":\"OTHER\",\"batch\":0,\"candidates\":[]}", "[]", "{\"kind\":\"PSNR\",\"batch\":\"x\",\"candidates\":[]}")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Measurement.parse(text)).getMessage();
            assertTrue(message.startsWith("unit: found ") && message.endsWith("; expected a measurement"), message);
        }
    }

    @Test
    void numbersKeepTheirBits() {
        List<Double> numbers = List.of(0.1, Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.MIN_VALUE);
        assertEquals(numbers, Measurement.numbers(Measurement.bytes(numbers), 5));
        assertEquals("result: found 40 bytes; expected 4 numbers",
            assertThrows(IllegalArgumentException.class, () -> Measurement.numbers(Measurement.bytes(numbers), 4)).getMessage());
    }

    @Test
    void countsComeByLayer() {
        Map<String, Long> counts = Map.of("a", 1L << 40, "b.c", 0L);
        assertEquals(counts, Measurement.counts(Measurement.bytes(counts)));
    }
}
