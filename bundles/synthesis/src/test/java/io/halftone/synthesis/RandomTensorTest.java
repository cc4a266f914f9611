package io.halftone.synthesis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RandomTensorTest {
    private static final TensorScale UNIT = new TensorScale(0, 1);

    private static ByteBuffer bytes(RandomTensor tensor, long first, int count) {
        ByteBuffer target = ByteBuffer.allocate(count * tensor.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        tensor.fill(first, target);
        return target.flip();
    }

    private static float[] values(RandomTensor tensor, int count) {
        return TensorView.host(tensor.type(), new long[] {count}, bytes(tensor, 0, count)).toFloats();
    }

    private static RandomTensor tensor(long seed, String component, String name) {
        return RandomTensor.of(seed, component, name, DType.FLOAT32, UNIT);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void hasTheSameElementsInWhateverPartsItIsMade(DType type) {
        RandomTensor tensor = RandomTensor.of(7, "unet", "conv_in.weight", type, UNIT);
        ByteBuffer whole = bytes(tensor, 0, 10_000);
        ByteBuffer parts = ByteBuffer.allocate(whole.remaining());
        for (int first = 0; first < 10_000; first += 2_500) {
            parts.put(bytes(tensor, first, 2_500));
        }
        assertEquals(whole, parts.flip());
    }

    @Test
    void hasTheMeanTheDeviationAndTheShapeOfANormalDistribution() {
        int count = 1 << 18;
        float[] values = values(RandomTensor.of(1, "unet", "a", DType.FLOAT32, new TensorScale(3, 0.5)), count);
        double mean = 0;
        double square = 0;
        double fourth = 0;
        int beyondTwo = 0;
        for (float value : values) {
            double z = (value - 3) / 0.5;
            mean += z / count;
            square += z * z / count;
            fourth += z * z * z * z / count;
            beyondTwo += Math.abs(z) > 2 ? 1 : 0;
            assertTrue(Math.abs(z) < 3.47, () -> "found " + value);
        }
        // five deviations of each estimate at 262144 values
        assertEquals(0, mean, 0.01);
        assertEquals(1, square, 0.014);
        // the sum of four uniform numbers has 2.7, a normal one 3
        assertEquals(2.7, fourth, 0.04);
        assertEquals(0.0434, (double) beyondTwo / count, 0.004, "a normal distribution has 0.0455");
    }

    @Test
    void isAnotherForAnotherSeedComponentOrName() {
        float[] first = values(tensor(1, "unet", "a.weight"), 64);
        assertArrayEquals(first, values(tensor(1, "unet", "a.weight"), 64));
        List<RandomTensor> others = List.of(tensor(2, "unet", "a.weight"), tensor(1, "vae", "a.weight"), tensor(1, "unet", "b.weight"));
        for (RandomTensor other : others) {
            assertFalse(Arrays.equals(first, values(other, 64)), other.toString());
        }
    }

    @Test
    void hasTheNearestNumbersOfNarrowTypes() {
        TensorScale small = new TensorScale(0, 0.01);
        float[] wide = values(RandomTensor.of(1, "unet", "a", DType.FLOAT32, small), 9_000);
        float[] half = values(RandomTensor.of(1, "unet", "a", DType.FLOAT16, small), 9_000);
        float[] brain = values(RandomTensor.of(1, "unet", "a", DType.BFLOAT16, small), 9_000);
        for (int i = 0; i < wide.length; i++) {
            assertEquals(Float16.toFloat(Float16.fromFloat(wide[i])), half[i]);
            assertEquals(Float.intBitsToFloat(Float16.bfloat16(wide[i]) << 16), brain[i]);
        }
    }

    /** What every later release must write for this seed. */
    @Test
    void hasTheseElements() {
        assertArrayEquals(new float[] {0.5987754f, 1.2547696f, 0.5439352f, -1.1236024f}, values(tensor(42, "unet", "conv_in.weight"), 4));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', value = {
        "down_blocks.0.resnets.0.conv1.weight | 320, 320, 3, 3 | 0 | 0.018633899812498247",
        "transformer_blocks.0.attn.to_q.weight | 1536, 1024 | 0 | 0.03125",
        "conv_in.bias | 320 | 0 | 0.02",
        "norm1.weight | 320 | 1 | 0.02",
        "text_model.embeddings.token_embedding.weight | 49408, 768 | 0 | 0.02",
        "text_model.embeddings.position_embedding.weight | 77, 768 | 0 | 0.02",
        "shared.weight | 32128, 4096 | 0 | 0.02",
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight | 32, 64 | 0 | 0.02",
        "pos_embed.pos_embed | 1, 36864, 1536 | 0 | 0.02",
        "pos_embed.proj.weight | 1536, 16, 2, 2 | 0 | 0.125",
    })
    void isScaledByWhatTheTensorIsFor(String name, String shape, double mean, double deviation) {
        long[] sizes = Arrays.stream(shape.split(", ")).mapToLong(Long::parseLong).toArray();
        assertEquals(new TensorScale(mean, deviation), TensorScale.of(name, Shape.of(sizes)));
    }
}
