package io.halftone.core.internal.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveBytesTest {
    private final LiveBytes live = new LiveBytes(new ShapeOps(DType.FLOAT16));
    private final Ops<Meta> ops = live.ops();
    private final Meta x = new Meta(Shape.of(2, 3), DType.FLOAT16);

    @Test
    void everyOperationMakesAValueAndViewsMakeNone() {
        Meta y = ops.silu(x);
        ops.reshape(ops.permute(y, 1, 0), Shape.of(6));
        assertEquals(12, live.most());
        ops.cast(y, DType.FLOAT32);
        assertEquals(12 + 24, live.most());
    }

    @Test
    void aRegionReleasesWhatItDoesNotReturn() {
        ops.region("a", () -> {
            Meta y = ops.silu(x);
            return List.of(ops.add(y, y));
        });
        assertEquals(24, live.most(), "two values at once");
        ops.silu(x);
        assertEquals(24, live.most(), "the returned one and another");
        ops.silu(x);
        assertEquals(36, live.most());
    }

    @Test
    void whatARegionAdoptsIsReleasedWithIt() {
        Meta skip = ops.silu(x);
        ops.region("a", () -> List.of(ops.add(ops.adopt(skip), x)));
        ops.silu(x);
        assertEquals(24, live.most(), "not three: the skip is gone");
    }

    @Test
    void whatAnOperationThrowsGoesThrough() {
        assertThrows(IllegalArgumentException.class, () -> ops.add(x, new Meta(Shape.of(5), DType.FLOAT16)));
    }
}
