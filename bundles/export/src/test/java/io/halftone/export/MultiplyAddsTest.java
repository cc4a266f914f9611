package io.halftone.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Dim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MultiplyAddsTest {
    private static final Dim H = Dim.named("height");
    private static final Dim B = Dim.named("batch_size");

    private static MultiplyAdds counts() {
        Map<String, Dim> counts = new LinkedHashMap<>();
        counts.put("conv_in/Conv", B.times(H).times(11520));
        counts.put("attn/MatMul", B.times(H.ceilDiv(2)).times(H.ceilDiv(2)));
        return new MultiplyAdds(Map.of("batch_size", 2L, "height", 5L), counts);
    }

    @Test
    void readsBackWhatItWrites() {
        assertEquals("11520*batch_size*height", counts().text().lines().toList().get(2).split(" ")[1]);
        assertEquals(counts(), MultiplyAdds.of(Map.of(MultiplyAdds.FACT, counts().text())));
        assertEquals(0, MultiplyAdds.of(Map.of()).byOperator().size());
    }

    @Test
    void readsEveryExpressionThatDimensionsMake() {
        Dim odd = H.plus(3).floorDiv(2).minus(B.times(7)).plus(1);
        for (Dim dim : List.of(Dim.of(0), Dim.of(12), H, H.times(-3), odd, odd.times(odd), odd.floorDiv(4).times(H).minus(Dim.of(9)))) {
            assertEquals(dim, Expression.parse(dim.toString()));
        }
    }

    @Test
    void aShareIsOfTheExtentsAskedFor() {
        // 11520 * 2 * 5 and 2 * 3 * 3 at the usual extents; 11520 and 1 at extents of 1
        assertEquals(18 / (115200.0 + 18), counts().share(Map.of(), "attn/MatMul"::equals));
        assertEquals(1 / 11521.0, counts().share(Map.of("batch_size", 1L, "height", 1L), "attn/MatMul"::equals));
        assertTrue(Double.isNaN(new MultiplyAdds(Map.of(), Map.of()).share(Map.of(), name -> true)));
    }

    @Test
    void refusesWhatItDoesNotWrite() {
        for (String text : List.of("2*", "floor((h)/2", "h h", "2*-3", "h)", "", "%")) {
            var e = assertThrows(EngineException.class, () -> Expression.parse(text), text);
            assertEquals("expression: found " + text + "; expected sums of products of numbers, names and floor((sum)/number)", e.getMessage());
        }
        var line = assertThrows(EngineException.class, () -> MultiplyAdds.of(Map.of(MultiplyAdds.FACT, "height=x")));
        assertEquals("halftone.multiply_adds: found height=x; expected name=extent, or an operator and its expression", line.getMessage());
        var unknown = new MultiplyAdds(Map.of(), Map.of("a", H));
        var e = assertThrows(EngineException.class, () -> unknown.share(Map.of(), name -> true));
        assertEquals("halftone.multiply_adds: found dimension height; expected one of []", e.getMessage());
    }
}
