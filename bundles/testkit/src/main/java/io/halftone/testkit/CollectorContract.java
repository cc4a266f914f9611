package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import org.junit.jupiter.api.Test;

/** What every collector holds to. A collector's test extends it. */
public abstract class CollectorContract {
    /** The collector under test. */
    protected abstract Collector collector();

    /** The range after rows of values, call by call; row i belongs to step i modulo the request's steps. */
    protected final Range fold(DType type, Collector.Request request, float[]... calls) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Range with(EagerOps<T> ops) {
                Collector.Fold<T> fold = collector().fold(ops, request);
                for (int i = 0; i < calls.length; i++) {
                    fold.accept(ops.constant(calls[i], Shape.of(1, calls[i].length), type), i % request.steps());
                }
                return fold.range();
            }
        });
    }

    /** One amax for the tensor, all of that many steps. */
    protected static Collector.Request perTensor(int steps) {
        return new Collector.Request(Collector.Request.NO_AXIS, steps, 1);
    }

    @Test
    void oneCallGivesItsLargestMagnitude() {
        assertEquals(Range.of(3), fold(DType.FLOAT32, perTensor(1), new float[] {1, -3, 2}));
    }

    @Test
    void sameCallAgainChangesNothing() {
        assertEquals(Range.of(3), fold(DType.FLOAT32, perTensor(1), new float[] {1, -3, 2}, new float[] {1, -3, 2}));
    }

    @Test
    void refusesARangeOfNothing() {
        assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(2)));
    }

    @Test
    void refusesWhatIsNotFinite() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {Float.POSITIVE_INFINITY}));
        assertTrue(e.getMessage().contains("Infinity"), e.getMessage());
        assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {1, Float.NaN}));
    }
}
