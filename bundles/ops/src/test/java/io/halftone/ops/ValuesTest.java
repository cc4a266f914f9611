package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private static final Values<Integer> VALUES = Values.of("sample", 1).and("timestep", 2).and("context", 3);

    @Test
    void keepsItsOrder() {
        assertEquals(List.of("sample", "timestep", "context"), List.copyOf(VALUES.names()));
        assertEquals(List.of(1, 2, 3), List.copyOf(VALUES.asMap().values()));
        assertEquals("[sample, timestep, context]", VALUES.toString());
    }

    @Test
    void aValueOfTheSameNameIsReplacedInItsPlace() {
        Values<Integer> changed = VALUES.and("sample", 9);
        assertEquals(List.of(9, 2, 3), List.copyOf(changed.asMap().values()));
        assertEquals(1, VALUES.get("sample"));
    }

    @Test
    void listsTheNamesWhereOneIsMissing() {
        assertTrue(VALUES.has("context"));
        assertFalse(VALUES.has("guidance"));
        var e = assertThrows(IllegalArgumentException.class, () -> VALUES.get("guidance"));
        assertEquals("value guidance: found none; expected one of [sample, timestep, context]", e.getMessage());
    }

    @Test
    void copiesTheMapAndKeepsItsOwn() {
        Map<String, Integer> map = new LinkedHashMap<>(Map.of("a", 1));
        Values<Integer> values = Values.of(map);
        map.put("b", 2);
        assertFalse(values.has("b"));
        assertThrows(UnsupportedOperationException.class, () -> values.asMap().put("c", 3));
        assertThrows(UnsupportedOperationException.class, () -> values.names().remove("a"));
    }

    @Test
    void mapChangesEachValueInOrder() {
        assertEquals(List.of("sample", "timestep", "context"), List.copyOf(VALUES.map(v -> "" + v).names()));
        assertEquals("3", VALUES.map(v -> "" + v).get("context"));
    }
}
