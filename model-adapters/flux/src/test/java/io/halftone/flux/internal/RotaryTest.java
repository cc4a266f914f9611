package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.testkit.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class RotaryTest {
    @Test
    void turnsPairsByPlaceTimesFrequency() {
        float[] places = {0, 2, 5};
        List<Integer> axes = List.of(2, 4, 2);
        float[] turned = turned(places, axes, DType.FLOAT32);
        // one angle for each pair: the axis of one pair has frequency 1, that of two pairs 1 and 1 / 100
        double[] angles = {0, 2, 2 / 100.0, 5};
        for (int pair = 0; pair < angles.length; pair++) {
            double real = 2 * pair + 1;
            double imaginary = 2 * pair + 2;
            // float32 has 24 bits, and three of its roundings meet here
            assertEquals(real * Math.cos(angles[pair]) - imaginary * Math.sin(angles[pair]), turned[pair], 4e-6, "pair " + pair);
            assertEquals(imaginary * Math.cos(angles[pair]) + real * Math.sin(angles[pair]), turned[angles.length + pair], 4e-6, "pair " + pair);
        }
    }

    /** One token of one head with the elements 1, 2, 3 and so on. */
    private static float[] turned(float[] places, List<Integer> axes, DType type) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                float[] elements = new float[axes.stream().mapToInt(axis -> axis).sum()];
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = i + 1;
                }
                T x = ops.constant(elements, Shape.of(1, 1, 1, elements.length), type);
                T ids = ops.constant(places, Shape.of(1, 3), DType.FLOAT32);
                return ops.toFloats(Rotary.of(ops, ids, axes).turn(ops, x));
            }
        });
    }

    @Test
    void turnsInFloat32AndGivesBackTheTypeOfItsInput() {
        var ops = new ShapeOps(DType.BFLOAT16);
        Rotary<Meta> rope = Rotary.of(ops, new Meta(Shape.of(9, 3), DType.FLOAT32), List.of(8, 12, 12));
        assertEquals(new Meta(Shape.of(9, 1, 16), DType.FLOAT32), rope.cos());
        var queries = new Meta(Shape.of(2, 9, 3, 32), DType.BFLOAT16);
        assertEquals(queries, rope.turn(ops, queries));
    }
}
