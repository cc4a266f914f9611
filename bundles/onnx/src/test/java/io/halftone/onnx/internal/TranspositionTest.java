package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TranspositionTest {
    /** Squares, tiles and what is left over at the edges, inside of larger rows on both sides; nothing beside is touched. */
    @Test
    void everyElementGoesToItsPlace() {
        int[][] shapes = {{1, 1}, {3, 5}, {4, 4}, {8, 8}, {7, 130}, {130, 7}, {64, 64}, {65, 63}, {200, 72}, {0, 5}, {5, 0}};
        Random random = new Random(1);
        for (int width : new int[] {1, 2, 4}) {
            for (int[] shape : shapes) {
                int rows = shape[0], columns = shape[1], step = (columns + 3) * width, stride = (rows + 5) * width;
                byte[] source = new byte[7 + rows * step];
                random.nextBytes(source);
                byte[] target = new byte[11 + columns * stride];
                random.nextBytes(target);
                byte[] expected = target.clone();
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        System.arraycopy(source, 7 + row * step + column * width, expected, 11 + column * stride + row * width, width);
                    }
                }
                new Transposition(source, 7, step, width, target, 11, stride).run(rows, columns);
                assertArrayEquals(expected, target, rows + " x " + columns + " of " + width);
            }
        }
    }

    @Test
    void elementsOfOtherWidthsAreRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> new Transposition(new byte[8], 0, 8, 8, new byte[8], 0, 8));
        assertEquals("elements: found 8 bytes; expected 1, 2 or 4", e.getMessage());
    }
}
