package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SinusoidTest {
    private static final Meta STEPS = new Meta(Shape.of(Dim.named("batch_size")), DType.FLOAT16);

    @Test
    void computesInFloat32() {
        Meta embedded = new Sinusoid(8, true, 0).apply(new ShapeOps(DType.FLOAT16), STEPS);
        assertEquals(new Meta(Shape.of(Dim.named("batch_size"), Dim.of(8)), DType.FLOAT32), embedded);
    }

    @Test
    void letsFrequenciesFallGeometrically() {
        assertFrequencies(new Sinusoid(8, true, 0), 1, 0.1, 0.01, 0.001);
    }

    @Test
    void dividesByLessWhereShifted() {
        assertFrequencies(new Sinusoid(6, true, 1), 1, 0.01, 0.0001);
    }

    @Test
    void padsAnOddExtent() {
        assertEquals(Dim.of(7), new Sinusoid(7, true, 0).apply(new ShapeOps(DType.FLOAT16), STEPS).shape().dim(-1));
    }

    @Test
    void putsCosinesWhereTold() {
        assertEquals(List.of("sin", "cos"), halves(new Sinusoid(8, false, 0)));
        assertEquals(List.of("cos", "sin"), halves(new Sinusoid(8, true, 0)));
    }

    /** Each to 2e-6 of itself: the exponent is rounded to float32, an error of up to 9.2 * 2^-24 before the exponential. */
    private static void assertFrequencies(Sinusoid sinusoid, double... expected) {
        List<Float> found = frequencies(sinusoid);
        assertEquals(expected.length, found.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 2e-6 * expected[i], "frequency " + i);
        }
    }

    private static List<Float> frequencies(Sinusoid sinusoid) {
        List<Float> found = new ArrayList<>();
        sinusoid.apply(new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT16)) {
            @Override
            public Meta constant(float[] values, Shape shape, DType type) {
                for (float value : values) {
                    found.add(value);
                }
                return super.constant(values, shape, type);
            }
        }, STEPS);
        return found;
    }

    /** The operation that made each part of the concatenation, in order. */
    private static List<String> halves(Sinusoid sinusoid) {
        var sine = new Meta[1];
        List<String> order = new ArrayList<>();
        sinusoid.apply(new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT16)) {
            @Override
            public Meta sin(Meta x) {
                sine[0] = new Meta(x.shape(), x.dtype());
                return sine[0];
            }

            @Override
            public Meta concat(int axis, List<Meta> parts) {
                parts.forEach(part -> order.add(part == sine[0] ? "sin" : "cos"));
                return super.concat(axis, parts);
            }
        }, STEPS);
        return order;
    }
}
