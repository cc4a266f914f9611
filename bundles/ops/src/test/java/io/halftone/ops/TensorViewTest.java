package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorViewTest {
    @Test
    void holdsFloatsLittleEndian() {
        TensorView view = TensorView.ofFloats(new float[] {1, -2.5f, 3}, 3, 1);
        assertEquals(DType.FLOAT32, view.dtype());
        assertArrayEquals(new long[] {3, 1}, view.shape());
        assertEquals(3, view.count());
        assertEquals(12, view.byteLength());
        assertEquals(0x0000803f, view.bytes().order(ByteOrder.BIG_ENDIAN).getInt());
        assertArrayEquals(new float[] {1, -2.5f, 3}, view.toFloats());
        assertEquals("FLOAT32 [3, 1]", view.toString());
    }

    @Test
    void holdsLongs() {
        TensorView view = TensorView.ofLongs(new long[] {7, -1L << 40}, 2);
        assertEquals(DType.INT64, view.dtype());
        assertEquals(7, view.bytes().getLong());
        assertArrayEquals(new float[] {7, -0x1p40f}, view.toFloats());
    }

    @Test
    void refusesBytesThatAreNotTheShapes() {
        var e = assertThrows(IllegalArgumentException.class, () -> TensorView.host(DType.FLOAT16, new long[] {2, 3}, ByteBuffer.allocate(13)));
        assertEquals("tensor [2, 3] FLOAT16: found 13 bytes; expected 12", e.getMessage());
        assertEquals("tensor [3] FLOAT32: found 8 bytes; expected 12",
            assertThrows(IllegalArgumentException.class, () -> TensorView.ofFloats(new float[2], 3)).getMessage());
        assertEquals("tensor [] INT64: found 16 bytes; expected 8",
            assertThrows(IllegalArgumentException.class, () -> TensorView.ofLongs(new long[2])).getMessage());
    }

    @Test
    void refusesANegativeExtent() {
        var e = assertThrows(IllegalArgumentException.class, () -> TensorView.byteLength(DType.INT8, 2, -1));
        assertEquals("shape: found [2, -1]; expected extents >= 0", e.getMessage());
    }

    @Test
    void refusesALengthPast63Bits() {
        assertEquals(1L << 62, TensorView.byteLength(DType.FLOAT32, 1L << 30, 1L << 30));
        assertThrows(ArithmeticException.class, () -> TensorView.byteLength(DType.FLOAT32, 1L << 31, 1L << 30));
        assertThrows(ArithmeticException.class, () -> TensorView.byteLength(DType.FLOAT64, Long.MAX_VALUE));
    }

    @Test
    void takesWhatRemainsOfTheBuffer() {
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putFloat(1).putFloat(2).putFloat(3).position(4).limit(8);
        assertArrayEquals(new float[] {2}, TensorView.host(DType.FLOAT32, new long[] {1}, bytes).toFloats());
    }

    @Test
    void eachBufferHasAPositionOfItsOwn() {
        TensorView view = TensorView.ofFloats(new float[] {1, 2}, 2);
        view.bytes().getLong();
        assertEquals(8, view.bytes().remaining());
        assertArrayEquals(new float[] {1, 2}, view.toFloats());
    }

    @Test
    void copiesItsShape() {
        long[] shape = {2};
        TensorView view = TensorView.ofFloats(new float[2], shape);
        shape[0] = 9;
        view.shape()[0] = 9;
        assertArrayEquals(new long[] {2}, view.shape());
    }

    @Test
    void widensEveryTypeWithFloatValues() {
        assertArrayEquals(new float[] {0.5f, -3}, floats(DType.FLOAT64, b -> b.putDouble(0.5).putDouble(-3)));
        assertArrayEquals(new float[] {1, -0x1p-24f}, floats(DType.FLOAT16, b -> b.putShort((short) 0x3c00).putShort((short) 0x8001)));
        assertArrayEquals(new float[] {1, -2}, floats(DType.BFLOAT16, b -> b.putShort((short) 0x3f80).putShort((short) 0xc000)));
        assertArrayEquals(new float[] {5, -6}, floats(DType.INT64, b -> b.putLong(5).putLong(-6)));
        assertArrayEquals(new float[] {127, -128}, floats(DType.INT8, b -> b.put((byte) 127).put((byte) -128)));
    }

    @ParameterizedTest
    @EnumSource(names = {"INT32", "INT16", "UINT8", "BOOL", "FLOAT8_E4M3", "FLOAT8_E5M2"})
    void refusesToWidenOtherTypes(DType type) {
        TensorView view = TensorView.host(type, new long[] {1}, ByteBuffer.allocate(type.bytes()));
        var e = assertThrows(IllegalStateException.class, view::toFloats);
        assertEquals("tensor: found " + type + "; expected a type with float values", e.getMessage());
    }

    @Test
    void aScalarAndAnEmptyTensorAreTensors() {
        assertArrayEquals(new float[] {4}, TensorView.ofFloats(new float[] {4}).toFloats());
        assertArrayEquals(new float[0], TensorView.ofFloats(new float[0], 3, 0).toFloats());
    }

    @Test
    void deviceMemoryIsAnAddress() {
        TensorView view = TensorView.device(DType.FLOAT16, new long[] {4}, 0x1234, 1);
        assertFalse(view.isHost());
        assertEquals(1, view.device());
        assertEquals(0x1234, view.address());
        assertEquals(8, view.byteLength());
        assertEquals("FLOAT16 [4] on device 1", view.toString());
        var e = assertThrows(IllegalStateException.class, view::bytes);
        assertEquals("tensor on device 1: found device memory; expected host memory", e.getMessage());
    }

    @Test
    void refusesADeviceBelowZero() {
        var e = assertThrows(IllegalArgumentException.class, () -> TensorView.device(DType.FLOAT16, new long[] {4}, 1, -1));
        assertEquals("device: found -1; expected >= 0", e.getMessage());
        TensorView host = TensorView.ofFloats(new float[1], 1);
        assertTrue(host.isHost());
        assertEquals(-1, host.device());
        assertEquals(0, host.address());
    }

    private static float[] floats(DType type, Consumer<ByteBuffer> content) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        content.accept(bytes);
        return TensorView.host(type, new long[] {2}, bytes.flip()).toFloats();
    }
}
