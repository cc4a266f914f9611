package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.MagnitudeBins;
import io.halftone.ops.Shape;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CountMagnitudesTest {
    private static final float[] SPECIAL = {0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, 0x1p-126f, Float.MAX_VALUE,
        -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.intBitsToFloat(0xffc00000), 1, -1,
        Math.nextDown(1f), Math.nextUp(1f), 0x1p-20f, Math.nextDown(0x1p-20f), 0x1p4f, Math.nextDown(0x1p4f)};

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void everyValueIsInTheBinThatTheHostFinds(DType type) {
        Random random = new Random(9);
        float[] values = new float[3000 + SPECIAL.length];
        for (int i = 0; i < 3000; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(40) - 30));
        }
        System.arraycopy(SPECIAL, 0, values, 3000, SPECIAL.length);
        MagnitudeBins[] all = {new MagnitudeBins(5, -20, 24), new MagnitudeBins(0, -126, 253), new MagnitudeBins(7, -14, 1),
            new MagnitudeBins(16, 0, 2)};
        with(type, ops -> {
            Tensor x = ops.constant(values, Shape.of(2, values.length / 2), type);
            float[] held = ops.toFloats(x);
            for (MagnitudeBins bins : all) {
                long[] expected = new long[bins.count()];
                for (float value : held) {
                    expected[bins.bin(value)]++;
                }
                Tensor counts = ops.countMagnitudes(x, bins);
                assertEquals(DType.INT64, ops.dtype(counts));
                assertArrayEquals(expected, ops.toLongs(counts), bins.toString());
            }
        });
    }

    @Test
    void zerosAndSubnormalsAreInTheFirstBinAndWhatIsNoNumberInTheLast() {
        MagnitudeBins bins = new MagnitudeBins(1, -2, 2);
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.constant(new float[] {0, -0f, Float.MIN_VALUE, 0.25f, -0.4f, 0.5f, 0.99f, 1, Float.NaN, Float.NEGATIVE_INFINITY},
                Shape.of(10), DType.FLOAT32);
            assertArrayEquals(new long[] {3, 1, 1, 1, 1, 3}, ops.toLongs(ops.countMagnitudes(x, bins)));
        });
    }

    @Test
    void theCountsOfPartsAddUp() {
        MagnitudeBins bins = new MagnitudeBins(3, -10, 12);
        float[] values = new float[64];
        for (int i = 0; i < 64; i++) {
            values[i] = (i - 20) * 0.07f;
        }
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.constant(values, Shape.of(64), DType.FLOAT32);
            long[] whole = ops.toLongs(ops.countMagnitudes(x, bins));
            long[] first = ops.toLongs(ops.countMagnitudes(ops.slice(x, 0, 0, 21), bins));
            long[] second = ops.toLongs(ops.countMagnitudes(ops.slice(x, 0, 21, 64), bins));
            for (int i = 0; i < whole.length; i++) {
                assertEquals(whole[i], first[i] + second[i]);
            }
        });
    }
}
