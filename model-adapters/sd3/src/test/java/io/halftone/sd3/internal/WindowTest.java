package io.halftone.sd3.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.testkit.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
    private static final Dim N = Dim.named("n");

    @ParameterizedTest(name = "{0} from {1} of {2}, with {3} windows before and {4} behind")
    @CsvSource({"4, 0, 4, 0, 0", "4, 3, 7, 1, 0", "4, 0, 7, 0, 1", "3, 2, 9, 1, 2", "3, 2, 9, 4, 3", "2, 6, 8, 3, 0"})
    void findsThePartThatASliceDoes(long count, long start, long extent, long before, long behind) {
        var window = new Window(Dim.of(start), Dim.of(count), before, behind);
        float[][] found = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[][] with(EagerOps<T> ops) {
                float[] values = new float[Math.toIntExact(2 * extent * 3)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i + 1;
                }
                T x = ops.constant(values, Shape.of(2, extent, 3), DType.FLOAT32);
                return new float[][] {ops.toFloats(ops.slice(x, 1, start, start + count)), ops.toFloats(window.aligned(ops, x, 1)),
                    ops.toFloats(window.of(ops, x, 1))};
            }
        });
        assertArrayEquals(found[0], found[1], "between zeros");
        assertArrayEquals(found[0], found[2], "with numbers");
    }

    @Test
    void takesExtentsWithNames() {
        var x = new Meta(Shape.of(Dim.named("b"), N.plus(7), Dim.of(3)), DType.FLOAT16);
        Meta behind = new Window(Dim.of(7), N, 2, 0).of(new ShapeOps(DType.FLOAT16), x, -2);
        assertEquals(new Meta(Shape.of(Dim.named("b"), N, Dim.of(3)), DType.FLOAT16), behind);
    }

    @Test
    void takesAPlaceWithAName() {
        var x = new Meta(Shape.of(24), DType.FLOAT32);
        Dim start = Dim.of(12).plus(N.plus(1).floorDiv(2).times(-1));
        assertEquals(Shape.of(N), new Window(start, N, 3, 3).of(new ShapeOps(DType.FLOAT16), x, 0).shape());
    }
}
