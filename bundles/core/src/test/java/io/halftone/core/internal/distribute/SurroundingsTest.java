package io.halftone.core.internal.distribute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SurroundingsTest {
    private static final Map<String, String> EXPECTED = Map.of("format int8", "io.halftone.format.int8 1.0.0", "runtime", "libtorch 2.7.1");

    @Test
    void namesEveryDifference() {
        assertEquals(List.of("format int8: found io.halftone.format.int8 1.1.0; expected io.halftone.format.int8 1.0.0",
            "runtime: found none; expected libtorch 2.7.1"), Surroundings.differences(new java.util.TreeMap<>(EXPECTED),
            Map.of("format int8", "io.halftone.format.int8 1.1.0")));
    }

    @Test
    void takesNoNoticeOfWhatThereIsMore() {
        assertEquals(List.of(), Surroundings.differences(EXPECTED, Map.of("format int8", "io.halftone.format.int8 1.0.0", "runtime", "libtorch 2.7.1",
            "format other", "other 1.0.0")));
    }
}
