package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Float8;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of elements, against the same written element by element; cut into parts of odd lengths, which must not show. */
class RecodingTest {
    private static final int COUNT = 1 << 16;

    /** Every value of 16 bits. */
    private static TensorView all(DType type) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * COUNT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < COUNT; i++) {
            bytes.putShort(2 * i, (short) i);
        }
        return TensorView.host(type, new long[] {COUNT}, bytes);
    }

    private static byte[] made(Recoding recoding, TensorView tensor) {
        int count = (int) tensor.count(), step = recoding.group() * 4099;
        byte[] made = new byte[(int) recoding.bytes(count)];
        Scratch scratch = new Scratch();
        for (int first = 0; first < count; first += step) {
            int n = Math.min(step, count - first);
            recoding.make(scratch, tensor.bytes().array(), tensor.bytes().arrayOffset() + first * recoding.stored().bytes(), first, n, made,
                first / recoding.group() * recoding.groupBytes());
        }
        return made;
    }

    /** Values of the tensor as the compute type holds them. */
    private static float[] computed(TensorView tensor, DType compute) {
        if (tensor.dtype() == compute) {
            return tensor.toFloats();
        }
        byte[] bytes = Elements.encode(tensor.toFloats(), compute);
        return TensorView.host(compute, tensor.shape(), ByteBuffer.wrap(bytes)).toFloats();
    }

    @Test
    void elementsAreRoundedToTheComputeTypeAndThenToTheirOwn() {
        List<DType> types = List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
        for (DType stored : types) {
            TensorView tensor = stored == DType.FLOAT32 ? TensorView.host(stored, new long[] {10_000},
                ByteBuffer.wrap(Elements.encode(TestJob.random(5, 10_000), stored))) : all(stored);
            for (DType compute : types) {
                for (DType target : types) {
                    byte[] expected = stored == compute && compute == target ? tensor.bytes().array() : Elements.encode(computed(tensor, compute), target);
                    ToType recoding = new ToType(stored, compute, target);
                    assertEquals(stored == compute && compute == target, recoding.isIdentity());
                    if (!recoding.isIdentity()) {
                        assertArrayEquals(expected, made(recoding, tensor), stored + " in " + compute + " as " + target);
                    }
                }
            }
        }
    }

    @Test
    void codesAreThoseOfTheQuotient() {
        for (DType stored : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            for (DType compute : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
                float[] values = computed(all(stored), compute);
                for (float[] scales : List.of(new float[] {0.0371f}, new float[] {1}, new float[] {0.5f, 3e-3f, 7, 1e-20f})) {
                    for (int run : new int[] {1, 7, 4096, 16384}) {
                        byte[] int8 = new byte[COUNT], float8 = new byte[COUNT];
                        for (int i = 0; i < COUNT; i++) {
                            float quotient = values[i] / scales[i / run % scales.length];
                            int8[i] = (byte) Math.max(-128, Math.min(127, Math.rint(quotient)));
                            float8[i] = Float8.fromFloat(quotient);
                        }
                        assertArrayEquals(int8, made(new ToCodes(stored, compute, DType.INT8, scales, run), all(stored)));
                        assertArrayEquals(float8, made(new ToCodes(stored, compute, DType.FLOAT8_E4M3, scales, run), all(stored)));
                    }
                }
            }
        }
    }

    @Test
    void wholeNumbersAreRoundedToEvenAndSaturated() {
        for (float value : new float[] {0, -0f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 0.49999997f, 126.5f, 127.49f, 127.5f, 128, 1e30f, -127.5f, -128.5f,
            -129, -1e30f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0x7fc00011), Float.MIN_VALUE}) {
            byte[] code = new byte[3];
            ToCodes.int8(new float[] {0, value}, 1, 2, 1, code, 1);
            assertArrayEquals(new byte[] {0, 0, (byte) Math.max(-128, Math.min(127, Math.rint(value)))}, code, "of " + value);
        }
    }

    @Test
    void blocksAreThoseOfAllValuesTogether() {
        TensorView tensor = TensorView.host(DType.BFLOAT16, new long[] {96 * 1024}, ByteBuffer.wrap(Elements.encode(TestJob.random(3, 96 * 1024), DType.BFLOAT16)));
        float[] values = computed(tensor, DType.FLOAT16);
        BlockEncoding fp4 = BlockEncoding.of(values, BlockEncodingTest.NVFP4, 1e-3f);
        assertArrayEquals(BlockEncoding.packed(fp4.elements()),
            made(new ToBlocks("w", DType.BFLOAT16, DType.FLOAT16, BlockEncodingTest.NVFP4, 1e-3f, false), tensor));
        assertArrayEquals(fp4.scales(), made(new ToBlocks("w", DType.BFLOAT16, DType.FLOAT16, BlockEncodingTest.NVFP4, 1e-3f, true), tensor));
        BlockEncoding mxfp8 = BlockEncoding.of(values, BlockEncodingTest.MXFP8, 1);
        assertArrayEquals(mxfp8.elements(), made(new ToBlocks("w", DType.BFLOAT16, DType.FLOAT16, BlockEncodingTest.MXFP8, 1, false), tensor));
        assertArrayEquals(mxfp8.scales(), made(new ToBlocks("w", DType.BFLOAT16, DType.FLOAT16, BlockEncodingTest.MXFP8, 1, true), tensor));
    }
}
