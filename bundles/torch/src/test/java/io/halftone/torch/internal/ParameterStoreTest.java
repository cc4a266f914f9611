package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.inTask;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ParameterStoreTest {
    private static final Shape PAIR = Shape.of(2);

    private final Tasks.Checkpoint checkpoint = new Tasks.Checkpoint(Map.of("proj.weight", half(1.5f, -2), "wide", TensorView.ofFloats(new float[] {0.1f}, 1)));

    private static TensorView half(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putShort(Float16.fromFloat(value));
        }
        return TensorView.host(DType.FLOAT16, new long[] {values.length}, bytes.flip());
    }

    @Test
    void castsToTheComputeType() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            Tensor found = ops.parameter("proj.weight", PAIR);
            assertEquals(DType.FLOAT32, ops.dtype(found));
            assertArrayEquals(new float[] {1.5f, -2}, ops.toFloats(found));
            var halves = context.ops(checkpoint, DType.FLOAT16);
            assertArrayEquals(new float[] {0.099975586f}, halves.toFloats(halves.parameter("wide", Shape.of(1))));
        });
    }

    @Test
    void readsOnceForEachResidency() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT16);
            Tensor first = ops.parameter("proj.weight", PAIR);
            assertSame(first, ops.parameter("proj.weight", PAIR));
            assertEquals(List.of("proj.weight"), checkpoint.reads);
            ops.releaseParameters();
            assertTrue(first.isNull());
            assertArrayEquals(new float[] {1.5f, -2}, ops.toFloats(ops.parameter("proj.weight", PAIR)));
            assertEquals(List.of("proj.weight", "proj.weight"), checkpoint.reads);
        });
    }

    @Test
    void outlivesTheRegionThatAskedForIt() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            List<Tensor> asked = new ArrayList<>();
            ops.region("proj", () -> {
                asked.add(ops.adopt(ops.parameter("proj.weight", PAIR)));
                return List.of(asked.get(0));
            });
            assertFalse(asked.get(0).isNull());
            assertArrayEquals(new float[] {1.5f, -2}, ops.toFloats(asked.get(0)));
        });
    }

    @Test
    void endsWithTheTask() {
        List<Tensor> asked = new ArrayList<>();
        inTask(context -> asked.add(context.ops(checkpoint, DType.FLOAT32).parameter("proj.weight", PAIR)));
        assertTrue(asked.get(0).isNull());
    }

    @Test
    void rejectsAnotherShape() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            var e = assertThrows(CheckpointException.class, () -> ops.parameter("proj.weight", Shape.of(2, 1)));
            assertEquals("proj.weight: found [2] FLOAT16; expected [2, 1]", e.getMessage());
            ops.parameter("proj.weight", PAIR);
            assertThrows(CheckpointException.class, () -> ops.parameter("proj.weight", Shape.of(1)));
        });
    }

    @Test
    void passesOnThatThereIsNone() {
        inTask(context -> {
            var ops = context.ops(checkpoint, DType.FLOAT32);
            var e = assertThrows(CheckpointException.class, () -> ops.parameter("proj.bias", PAIR));
            assertEquals("proj.bias: found none; expected one of [proj.weight, wide]", e.getMessage());
        });
    }

    @Test
    void refusesToComputeInOtherTypes() {
        inTask(context -> {
            var e = assertThrows(IllegalArgumentException.class, () -> context.ops(checkpoint, DType.INT8));
            assertEquals("compute type: found INT8; expected FLOAT32, FLOAT16 or BFLOAT16", e.getMessage());
        });
    }
}
