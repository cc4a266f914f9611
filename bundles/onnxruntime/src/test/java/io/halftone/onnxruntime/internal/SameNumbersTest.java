package io.halftone.onnxruntime.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.format.fp8.internal.Fp8Format;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.format.weightonly.internal.Fp8WeightOnlyFormat;
import io.halftone.format.weightonly.internal.Int8WeightOnlyFormat;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What calibration runs in libtorch, and what an engine of the export runs, are the same numbers. */
class SameNumbersTest {
    private static final int IN = 32;
    private static final Layer.Linear LINEAR = new Layer.Linear("fc", Role.FEED_FORWARD, IN, IN, false);
    private static final Layer.Conv CONV = new Layer.Conv("conv", Role.CONVOLUTION, 8, 8, 3, 1, 1, false);

    @TempDir
    Path folder;

    private static QuantFormat format(String name) {
        return switch (name) {
            case "int8" -> new Int8Format();
            case "fp8" -> new Fp8Format();
            case "int8-weight-only" -> new Int8WeightOnlyFormat(new Int8Format());
            default -> new Fp8WeightOnlyFormat(new Fp8Format());
        };
    }

    /** The ranges that a format asks for; the input's is half of what is given, so that some of it saturates. */
    private static Rounded rewrite(QuantFormat format, Layer layer, float[] x, float[] weight) {
        Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
        if (format.granularity(layer, Slot.INPUT).get() != Granularity.NONE) {
            ranges.put(Slot.INPUT, Range.of(LayerModel.range(x).max() / 2));
        }
        int channels = format.granularity(layer, Slot.WEIGHT).get() == Granularity.PER_TENSOR ? 1
            : (int) (layer instanceof Layer.Linear l ? l.out() : CONV.out());
        float[] amax = new float[channels];
        for (int i = 0; i < channels; i++) {
            int count = weight.length / channels;
            amax[i] = LayerModel.range(Arrays.copyOfRange(weight, i * count, (i + 1) * count)).max();
        }
        ranges.put(Slot.WEIGHT, new Range(amax, 0));
        return new Rounded(format, ranges);
    }

    /** A weight that passes each input on alone shows the rounded inputs themselves, bit for bit. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void anFp8LayerRoundsEachInputToTheSameBits(DType type) throws IOException {
        float[] weight = new float[IN * IN];
        for (int i = 0; i < IN; i++) {
            weight[i * IN + i] = 1;
        }
        float[] x = new float[256 * IN];
        for (int i = 0; i < x.length; i++) {
            // all magnitudes of float16: every eighth finite value, either sign
            x[i] = Float16.toFloat((short) ((i / 2 * 8 % 0x7c00) | i % 2 << 15));
        }
        var model = new LayerModel(LINEAR, rewrite(format("fp8"), LINEAR, x, weight), type, Map.of("x", Shape.of(1, 256, IN)), weight);
        assertArrayEquals(model.inLibtorch(Map.of("x", x)), model.inOnnxRuntime(folder, Map.of("x", x)));
    }

    @ParameterizedTest
    @CsvSource({"fp8, FLOAT32, 1e-5", "fp8, FLOAT16, 2e-3", "int8, FLOAT32, 1e-5", "int8, FLOAT16, 2e-3", "fp8-weight-only, FLOAT32, 1e-5",
        "fp8-weight-only, FLOAT16, 2e-3", "int8-weight-only, FLOAT32, 1e-5", "int8-weight-only, FLOAT16, 2e-3"})
    void aLinearLayerDiffersByTheOrderOfItsSumsAlone(String name, DType type, float tolerance) throws IOException {
        float[] weight = LayerModel.random(1, IN * IN, 0.1);
        float[] x = LayerModel.random(2, 64 * IN, 1);
        var model = new LayerModel(LINEAR, rewrite(format(name), LINEAR, x, weight), type, Map.of("x", Shape.of(1, 64, IN)), weight);
        // outputs are around 1: sums of 32 in float32, rounded to the type
        assertArrayEquals(model.inLibtorch(Map.of("x", x)), model.inOnnxRuntime(folder, Map.of("x", x)), tolerance);
    }

    /** The runtime keeps such weights in blocks of 32. */
    @Test
    void weightsAloneMayEndWithinABlock() throws IOException {
        var layer = new Layer.Linear("fc", Role.FEED_FORWARD, 40, 24, false);
        float[] weight = LayerModel.random(5, 40 * 24, 0.1);
        float[] x = LayerModel.random(6, 7 * 40, 1);
        var model = new LayerModel(layer, rewrite(format("int8-weight-only"), layer, x, weight), DType.FLOAT32,
            Map.of("x", Shape.of(7, 40)), weight);
        assertArrayEquals(model.inLibtorch(Map.of("x", x)), model.inOnnxRuntime(folder, Map.of("x", x)), 1e-5f);
    }

    @ParameterizedTest
    @CsvSource({"fp8, FLOAT32, 1e-5", "fp8, FLOAT16, 4e-3", "int8, FLOAT32, 1e-5", "fp8-weight-only, FLOAT32, 1e-5",
        "int8-weight-only, FLOAT32, 1e-5"})
    void aConvolutionDiffersByTheOrderOfItsSumsAlone(String name, DType type, float tolerance) throws IOException {
        float[] weight = LayerModel.random(3, 8 * 8 * 9, 0.1);
        float[] x = LayerModel.random(4, 2 * 8 * 10 * 10, 1);
        var model = new LayerModel(CONV, rewrite(format(name), CONV, x, weight), type, Map.of("x", Shape.of(2, 8, 10, 10)), weight);
        assertArrayEquals(model.inLibtorch(Map.of("x", x)), model.inOnnxRuntime(folder, Map.of("x", x)), tolerance);
    }

    @Test
    void anFp8AttentionDiffersWhereASoftmaxFallsOnTheOtherSideOfATieAlone() throws IOException {
        Layer.Attention layer = new Layer.Attention("attn", Role.ATTENTION, 2, 16, 0.25, false);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : new String[] {"q", "k", "v"}) {
            shapes.put(name, Shape.of(1, 2, 40, 16));
            values.put(name, LayerModel.random(name.hashCode(), 2 * 40 * 16, 1));
        }
        Map<Slot, Range> ranges = Map.of(Slot.QUERY, Range.of(LayerModel.range(values.get("q")).max() / 4),
            Slot.KEY, LayerModel.range(values.get("k")), Slot.VALUE, LayerModel.range(values.get("v")), Slot.SOFTMAX, Range.of(1));
        var model = new LayerModel(layer, new Rounded(format("fp8"), ranges), DType.FLOAT32, shapes, new float[0]);
        float[] expected = model.inLibtorch(values);
        float[] found = model.inOnnxRuntime(folder, values);
        int different = 0;
        for (int i = 0; i < found.length; i++) {
            different += Math.abs(expected[i] - found[i]) > 1e-5 ? 1 : 0;
            // one softmax, at most 1, a code further: 1/16 of it, times a value
            assertEquals(expected[i], found[i], 0.06 * 4);
        }
        assertTrue(different <= found.length / 50, different + " of " + found.length + " elements differ");
    }
}
