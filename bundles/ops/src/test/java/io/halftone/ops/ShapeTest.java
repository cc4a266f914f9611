package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final Dim H = Dim.named("h");
    private static final Shape SHAPE = Shape.of(Dim.of(2), H, Dim.of(3));

    @Test
    void countsAxesFromBothEnds() {
        assertEquals(3, SHAPE.rank());
        assertEquals(H, SHAPE.dim(1));
        assertEquals(H, SHAPE.dim(-2));
        assertEquals(0, SHAPE.axis(-3));
        assertEquals(2, SHAPE.axis(2));
    }

    @Test
    void refusesAnAxisThatItHasNot() {
        assertEquals("axis of [2, h, 3]: found 3; expected -3 to 2",
            assertThrows(IllegalArgumentException.class, () -> SHAPE.dim(3)).getMessage());
        assertEquals("axis of [2, h, 3]: found -4; expected -3 to 2",
            assertThrows(IllegalArgumentException.class, () -> SHAPE.with(-4, H)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Shape.of(new long[0]).axis(0));
    }

    @Test
    void withChangesACopy() {
        assertEquals(Shape.of(2, 5, 3), SHAPE.with(-2, Dim.of(5)));
        assertEquals("[2, h, 3]", SHAPE.toString());
    }

    @Test
    void isItsExtents() {
        List<Dim> dims = new ArrayList<>(List.of(Dim.of(1), Dim.of(2)));
        Shape shape = new Shape(dims);
        dims.set(0, Dim.of(9));
        assertEquals(Shape.of(1, 2), shape);
        assertEquals(Shape.of(1, 2).hashCode(), shape.hashCode());
    }

    @Test
    void countsElements() {
        assertEquals(H.times(6), SHAPE.count());
        assertEquals(Dim.of(24), Shape.of(2, 3, 4).count());
        assertEquals(Dim.of(1), Shape.of(new long[0]).count());
        assertEquals(Dim.of(0), Shape.of(2, 0).count());
    }

    @Test
    void givesItsSizesWhereAllAreNumbers() {
        assertTrue(Shape.of(2, 3).isNumbers());
        assertArrayEquals(new long[] {2, 3}, Shape.of(2, 3).sizes());
        assertFalse(SHAPE.isNumbers());
        var e = assertThrows(IllegalStateException.class, SHAPE::sizes);
        assertEquals("dimension h: found an expression; expected a number", e.getMessage());
    }

    @Test
    void aScalarReadsAsEmptyBrackets() {
        assertEquals("[]", Shape.of(new Dim[0]).toString());
    }
}
