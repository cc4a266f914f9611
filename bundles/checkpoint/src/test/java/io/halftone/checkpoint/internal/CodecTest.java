package io.halftone.checkpoint.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.checkpoint.Layout;
import io.halftone.checkpoint.Samples;
import io.halftone.checkpoint.Samples.Format;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.TensorView;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
    private static final int OUT = 64;
    private static final int IN = 96;

    static Stream<Arguments> formatsTypesAndLayouts() {
        return Samples.formats().stream().flatMap(format -> Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16).flatMap(type ->
            Stream.of(Layout.values()).map(layout -> Arguments.of(format, type, layout))));
    }

    private static Codec codec(Format format, DType type, Range range, Layout layout, long out, long in) {
        Layer.Linear layer = Samples.linear("l", in, out);
        var rewrite = new Rounded(format, Map.of(Slot.INPUT, Range.of(1), Slot.WEIGHT, range));
        return Codec.of(WeightCodes.of(layer, rewrite, type).weight().orElseThrow(), new long[] {out, in}, type, layout).orElseThrow();
    }

    private static TensorView decode(Codec codec, Map<String, ByteBuffer> bytes) {
        return codec.decode(part -> TensorView.host(codec.tensors().get(part).dtype(), codec.tensors().get(part).shape(), bytes.get(part)));
    }

    @ParameterizedTest
    @MethodSource("formatsTypesAndLayouts")
    void givesWhatLibtorchRoundsTo(Format format, DType type, Layout layout) {
        TensorView weight = Samples.weight(type, 5, OUT, IN);
        Range range = Samples.range(format, weight);
        Codec codec = codec(format, type, range, layout, OUT, IN);
        TensorView decoded = decode(codec, codec.encode(weight).orElseThrow());
        float[] expected = Samples.roundTrip(format, weight, type, range);
        assertArrayEquals(expected, withoutNegativeZero(decoded, expected));
        assertArrayEquals(expected, withoutNegativeZero(Samples.roundTrip(format, decoded, type, range), expected));
    }

    @ParameterizedTest
    @MethodSource("formatsTypesAndLayouts")
    void givesWhatLibtorchRoundsToInBlocksOfAllMagnitudes(Format format, DType type, Layout layout) {
        float[] values = new float[OUT * IN];
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < values.length; i++) {
            // blocks of zeros, and of magnitudes as far apart as scales of 8 bits reach
            int exponent = i / 32 % (format == Samples.NVFP4 ? 15 : 24) - (format == Samples.NVFP4 ? 9 : 18);
            values[i] = i / 32 % 7 == 0 ? 0 : (float) ((random.nextDouble() * 2 - 1) * Math.pow(2, exponent));
        }
        TensorView weight = Samples.tensor(type, values, OUT, IN);
        Range range = Samples.range(format, weight);
        Codec codec = codec(format, type, range, layout, OUT, IN);
        float[] expected = Samples.roundTrip(format, weight, type, range);
        Map<String, ByteBuffer> bytes = codec.encode(weight).orElseThrow();
        assertArrayEquals(expected, withoutNegativeZero(decode(codec, bytes), expected));
        assertArrayEquals(expected, withoutNegativeZero(Samples.roundTrip(format, decode(codec, bytes), type, range), expected));
    }

    /** Zeros of either sign are the same value. */
    private static float[] withoutNegativeZero(TensorView view, float[] like) {
        return withoutNegativeZero(view.toFloats(), like);
    }

    private static float[] withoutNegativeZero(float[] found, float[] like) {
        for (int i = 0; i < found.length; i++) {
            found[i] = found[i] == 0 && like[i] == 0 ? like[i] : found[i];
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("formatsTypesAndLayouts")
    void isReadFromItsDescription(Format format, DType type, Layout layout) {
        TensorView weight = Samples.weight(type, 6, OUT, IN);
        Codec codec = codec(format, type, Samples.range(format, weight), layout, OUT, IN);
        var node = new ObjectMapper().createObjectNode();
        codec.describe(node);
        Codec read = Codec.of(node, type);
        assertEquals(codec.tensors(), read.tensors());
        Map<String, ByteBuffer> bytes = codec.encode(weight).orElseThrow();
        assertArrayEquals(decode(codec, bytes).toFloats(), decode(read, bytes).toFloats());
    }

    @Test
    void wholeFloat32WeightIsRoundedToTheComputeTypeFirst() {
        TensorView weight = Samples.weight(DType.FLOAT32, 7, OUT, IN);
        Range range = Samples.range(Samples.INT8, weight);
        Codec codec = codec(Samples.INT8, DType.FLOAT16, range, Layout.MODEL_OPTIMIZER, OUT, IN);
        float[] expected = Samples.roundTrip(Samples.INT8, weight, DType.FLOAT16, range);
        assertArrayEquals(expected, withoutNegativeZero(decode(codec, codec.encode(weight).orElseThrow()), expected));
    }

    @Test
    void packsTheFirstOfTwoCodesIntoTheLowHalf() {
        float[] values = new float[16];
        values[0] = 6;
        values[1] = -3;
        values[2] = 0.5f;
        TensorView weight = Samples.tensor(DType.FLOAT32, values, 1, 16);
        // the tensor scale is 1, the block's scale 1
        var encoding = new Encoding.Blocked(NumbersTest.nvfp4(), DType.FLOAT32, 1);
        Codec codec = Codec.of(encoding, new long[] {1, 16}, DType.FLOAT32, Layout.MODEL_OPTIMIZER).orElseThrow();
        Map<String, ByteBuffer> bytes = codec.encode(weight).orElseThrow();
        assertEquals((byte) 0xd7, bytes.get("weight").get(0));
        assertEquals((byte) 0x01, bytes.get("weight").get(1));
        assertEquals((byte) 0x38, bytes.get("weight_scale").get(0));
        assertEquals(1f, bytes.get("weight_scale_2").getFloat(0));
    }

    @Test
    void comfyPacksTheFirstOfTwoCodesIntoTheHighHalf() {
        float[] values = new float[16 * 16];
        values[0] = 6;
        values[1] = -3;
        TensorView weight = Samples.tensor(DType.FLOAT32, values, 16, 16);
        var encoding = new Encoding.Blocked(NumbersTest.nvfp4(), DType.FLOAT32, 1);
        Codec codec = Codec.of(encoding, new long[] {16, 16}, DType.FLOAT32, Layout.COMFYUI).orElseThrow();
        assertEquals((byte) 0x7d, codec.encode(weight).orElseThrow().get("weight").get(0));
        assertArrayEquals(new long[] {128, 4}, codec.tensors().get("weight_scale").shape());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void blocksOfTheLeastScalesComeBack(DType type) {
        // blocks whose largest value is from 0.4 to 3.6 times the least scale, in steps of 1 / 64, beside one of the largest scale
        int blocks = 206;
        float[] values = new float[16 * blocks];
        values[0] = 6 * 448;
        for (int block = 1; block < blocks; block++) {
            float largest = (0.4f + block / 64f) * 6 * 0x1p-9f;
            for (int i = 0; i < 16; i++) {
                values[16 * block + i] = largest * (i - 8) / 8;
            }
        }
        TensorView weight = Samples.tensor(type, values, 1, values.length);
        Range range = Samples.range(Samples.NVFP4, weight);
        Codec codec = codec(Samples.NVFP4, type, range, Layout.MODEL_OPTIMIZER, 1, values.length);
        float[] expected = Samples.roundTrip(Samples.NVFP4, weight, type, range);
        TensorView read = decode(codec, codec.encode(weight).orElseThrow());
        assertArrayEquals(expected, withoutNegativeZero(Samples.roundTrip(Samples.NVFP4, read, type, range), expected));
    }

    @Test
    void weightThatIsNotANumberHasNoCodes() {
        float[] values = new float[32];
        values[3] = Float.NaN;
        TensorView weight = Samples.tensor(DType.FLOAT32, values, 1, 32);
        for (Format format : Samples.formats()) {
            Codec codec = codec(format, DType.FLOAT32, Range.of(1), Layout.MODEL_OPTIMIZER, 1, 32);
            assertTrue(codec.encode(weight).isEmpty(), format.name());
        }
    }

    @Test
    void comfyHasNoCodesForWeightsThatItWouldPad() {
        var encoding = new Encoding.Blocked(NumbersTest.mxfp8(), DType.FLOAT32, 1);
        assertTrue(Codec.of(encoding, new long[] {16, 32}, DType.FLOAT32, Layout.COMFYUI).isEmpty());
        assertTrue(Codec.of(encoding, new long[] {16, 32}, DType.FLOAT32, Layout.MODEL_OPTIMIZER).isPresent());
    }
}
