package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesNumbersThatAreNotFiniteAsJsonCan() throws Exception {
        assertEquals("[null,\"inf\",\"-inf\",0.5]",
            Json.text(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.5)));
    }

    @Test
    void keepsTheOrderOfNames() throws Exception {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("z", 1);
        values.put("a", new BigDecimal("2.5"));
        values.put("m", null);

        assertEquals("{\"z\":1,\"a\":2.5,\"m\":null}", Json.text(values));
    }

    @Test
    void escapesText() throws Exception {
        assertEquals("[\"a \\\"b\\\"\\n\\\\\",true]", Json.text(List.of("a \"b\"\n\\", true)));
    }
}
