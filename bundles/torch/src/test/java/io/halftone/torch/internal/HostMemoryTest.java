package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostMemoryTest {
    @ParameterizedTest
    @EnumSource
    void loadsAndShowsEveryType(DType type) {
        with(DType.FLOAT32, ops -> {
            byte[] bytes = new byte[6 * type.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (type == DType.BOOL ? i & 1 : i + 1);
            }
            // a slice of a larger array: its own bytes only
            byte[] around = new byte[bytes.length + 8];
            System.arraycopy(bytes, 0, around, 5, bytes.length);
            Tensor x = ops.load(TensorView.host(type, new long[] {2, 3}, ByteBuffer.wrap(around, 5, bytes.length).asReadOnlyBuffer()));
            assertEquals(type, ops.dtype(x));
            TensorView view = ops.view(x);
            assertEquals(type, view.dtype());
            assertArrayEquals(new long[] {2, 3}, view.shape());
            byte[] found = new byte[bytes.length];
            view.bytes().get(found);
            assertArrayEquals(bytes, found);
        });
    }

    @Test
    void loadCopies() {
        with(DType.FLOAT32, ops -> {
            TensorView source = TensorView.ofFloats(new float[] {1, 2}, 2);
            Tensor x = ops.load(source);
            source.bytes().putFloat(0, 99);
            assertArrayEquals(new float[] {1, 2}, ops.toFloats(x));
        });
    }

    @Test
    void viewIsTheTensorsMemory() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2), 1, 2);
            ops.view(x).bytes().putFloat(4, 5);
            assertArrayEquals(new float[] {1, 5}, ops.toFloats(x));
        });
    }

    @Test
    void viewOfATransposedTensorIsRowMajor() {
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.permute(tensor(ops, Shape.of(2, 2), 1, 2, 3, 4), 1, 0);
            assertArrayEquals(new float[] {1, 3, 2, 4}, ops.view(x).toFloats());
        });
    }

    @Test
    void viewTakenInARegionIsValidAfterIt() {
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.permute(tensor(ops, Shape.of(2, 2), 1, 2, 3, 4), 1, 0);
            List<TensorView> views = new ArrayList<>();
            long before = Pointer.totalCount();
            ops.region("look", () -> {
                views.add(ops.view(x));
                return List.of();
            });
            assertEquals(before + 1, Pointer.totalCount(), "the row-major copy is to stay, and nothing else");
            assertArrayEquals(new float[] {1, 3, 2, 4}, views.get(0).toFloats());
        });
    }

    @Test
    void readsEveryFloatType() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(3), -1.5, 0, 448);
            for (DType type : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64, DType.FLOAT8_E4M3, DType.FLOAT8_E5M2)) {
                assertArrayEquals(new float[] {-1.5f, 0, 448}, ops.toFloats(ops.cast(x, type)), type.toString());
            }
        });
    }

    @Test
    void emptyTensorHasNoBytes() {
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.slice(tensor(ops, Shape.of(2), 1, 2), 0, 1, 1);
            assertEquals(0, ops.view(x).byteLength());
            assertArrayEquals(new float[0], ops.toFloats(x));
        });
    }

    @Test
    void refusesDeviceMemory() {
        with(DType.FLOAT32, ops -> {
            var e = assertThrows(IllegalArgumentException.class, () -> ops.load(TensorView.device(DType.FLOAT32, new long[] {2}, 4096, 0)));
            assertEquals("tensor: found FLOAT32 [2] on device 0; expected host memory", e.getMessage());
        });
    }

    @Test
    void refusesMoreThanABufferTakes() {
        with(DType.FLOAT32, ops -> {
            // not touched, so no memory is taken
            Tensor x = HostMemory.allocate(DType.UINT8, 1L << 31);
            var e = assertThrows(IllegalStateException.class, () -> ops.view(x));
            assertEquals("tensor [2147483648] UINT8: found 2147483648 bytes; expected at most 2147483647, what a buffer takes", e.getMessage());
        });
    }
}
