package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantLevelTest {
    @ParameterizedTest
    @CsvSource({"3, 3", "3.0, 3", "2.50, 2.5", "' 4 ', 4", "10, 10", "100.00, 100", "0, 0", "0.0, 0", "03, 3"})
    void hasItsShortestForm(String written, String name) {
        assertEquals(name, new QuantLevel(written).name());
        assertEquals(new QuantLevel(name), new QuantLevel(written));
        assertEquals(new QuantLevel(name).hashCode(), new QuantLevel(written).hashCode());
        assertEquals(name, new QuantLevel(written).toString());
    }

    @Test
    void ordersByNumber() {
        var sorted = new TreeSet<>(Stream.of("10", "2.5", "3", "2", "1").map(QuantLevel::new).toList());
        assertEquals("[1, 2, 2.5, 3, 10]", sorted.toString());
        assertTrue(new QuantLevel("2.5").compareTo(new QuantLevel("2.50")) == 0);
        assertNotEquals(new QuantLevel("2"), new QuantLevel("2.5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "three", "2,5", "NaN", "1e", "0x3"})
    void refusesWhatIsNoNumber(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> new QuantLevel(text));
        assertEquals("quant level: found " + text + "; expected a number such as 1, 2, 2.5, 3 or 4", e.getMessage());
    }

    @Test
    void refusesANumberOfEndlessDigitsAtOnce() {
        for (String text : List.of("1e999999999", "1e-999999999", "1e999999999999")) {
            var e = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertThrows(IllegalArgumentException.class, () -> new QuantLevel(text)));
            assertEquals("quant level: found " + text + "; expected a number such as 1, 2, 2.5, 3 or 4", e.getMessage());
        }
    }
}
