package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShapesTest {
    @Test
    void readsTheSyntaxOfTrtexec() {
        Shapes shapes = Shapes.parse("min-shapes", "sample:2x4x128x128,timestep:1,scalar:");
        assertEquals(Map.of("sample", List.of(2L, 4L, 128L, 128L), "timestep", List.of(1L), "scalar", List.of()), shapes.byName());
        assertEquals("sample:2x4x128x128,timestep:1,scalar:", shapes.toString());
    }

    @Test
    void aNameMayHaveColonsAndDots() {
        assertEquals(Map.of("added.ids:0", List.of(2L, 6L)), Shapes.parse("min-shapes", "added.ids:0:2x6").byName());
    }

    @Test
    void noTextIsNoShapes() {
        assertEquals(Map.of(), Shapes.parse("min-shapes", "").byName());
    }

    @Test
    void refusesOtherSyntax() {
        for (String entry : List.of("sample", ":2x4", "sample:2x", "sample:2X4", "sample:-1x4", "sample:0x4", "sample:2*4", " ")) {
            var e = assertThrows(IllegalArgumentException.class, () -> Shapes.parse("opt-shapes", "timestep:1," + entry));
            assertEquals("opt-shapes: found " + entry + "; expected name:1x2x3,...", e.getMessage());
        }
    }

    @Test
    void refusesAnInputTwice() {
        var e = assertThrows(IllegalArgumentException.class, () -> Shapes.parse("max-shapes", "a:1,b:1,a:2"));
        assertEquals("max-shapes: found a twice; expected each input once", e.getMessage());
    }
}
