package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport;
import io.halftone.export.ExportReport.Codes;
import io.halftone.export.ExportReport.QuantizedLayer;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A layer whose input and weight go through 8 bits, from the operations to the product that a runtime computes. */
class QuantizedLayerTest {
    /** A smoothed layer with a known result: input (2, 3), weight (2, 3), each scale an amax over 127. */
    private static final float[] X = {1.3193359375f, -0.87060546875f, 1.3193359375f, 0.1649169921875f, 0.435302734375f, -0.65966796875f};
    private static final float[] W = {3.03125f, -0.57421875f, 0.37890625f, -0.7578125f, 0.4306640625f, 3.03125f};
    private static final float INPUT_SCALE = 1.3193359375f / 127;
    private static final float WEIGHT_SCALE = 3.03125f / 127;

    @TempDir
    Path folder;

    private static OnnxValue roundTrip(Ops<OnnxValue> o, OnnxValue x, DType type, float... scales) {
        OnnxValue scale = o.constant(scales, scales.length == 1 ? new Shape(List.of()) : Shape.of(scales.length), o.dtype(x));
        return o.dequantize(o.quantize(x, type, scale, 0), scale, 0);
    }

    /** x of shape (2, 3), or (1, 2, 3). */
    private static TestJob linear(DType computeType, DType type, int rank, float inputScale, float... weightScales) {
        Layer.Linear layer = new Layer.Linear("fc", Role.FEED_FORWARD, 3, 2, true);
        TestJob job = new TestJob(computeType, (o, in) -> o.linear(layer, roundTrip(o, in.get("x"), type, inputScale),
            roundTrip(o, o.parameter("fc.weight", Shape.of(2, 3)), type, weightScales)));
        job.parameter("fc.weight", computeType, W, 2, 3).parameter("fc.bias", computeType, new float[] {0, 0}, 2);
        job.quantizes("fc");
        return rank == 2 ? job.input("x", 2, 3).output(2, 2) : job.input("x", 1, 2, 3).output(1, 2, 2);
    }

    private float[] run(ExportReport report, DType type, int rank, OptLevel level) {
        long[] shape = rank == 2 ? new long[] {2, 3} : new long[] {1, 2, 3};
        TensorView x = TensorView.host(type, shape, ByteBuffer.wrap(Elements.encode(X, type)));
        return Runtime.run(report.model(), Map.of("x", x), level).toFloats();
    }

    @Test
    void anInt8LinearLayerGivesTheWorkedResultWithExactScales() throws IOException {
        for (int rank : new int[] {2, 3}) {
            ExportReport report = new OnnxExporter().export(linear(DType.FLOAT32, DType.INT8, rank, INPUT_SCALE, WEIGHT_SCALE,
                WEIGHT_SCALE), folder);
            for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
                assertArrayEquals(new float[] {5.00295f, 2.61665f, 0, -1.95486f}, run(report, DType.FLOAT32, rank, level), 1e-5f);
            }
        }
    }

    @Test
    void anInt8LinearLayerGivesTheWorkedResultWithScalesRoundedToFloat16() throws IOException {
        float in = Float16.toFloat(Float16.fromFloat(INPUT_SCALE));
        float weight = Float16.toFloat(Float16.fromFloat(WEIGHT_SCALE));
        ExportReport report = new OnnxExporter().export(linear(DType.FLOAT32, DType.INT8, 2, in, weight, weight), folder);
        assertArrayEquals(new float[] {5.00358f, 2.61698f, 0.0039677f, -1.923613f}, run(report, DType.FLOAT32, 2, OptLevel.ALL_OPT), 1e-5f);
    }

    @Test
    void weightsAreKeptAsCodesWithAScaleForEachRow() throws IOException {
        ModelProto model = export(linear(DType.FLOAT16, DType.INT8, 2, INPUT_SCALE, WEIGHT_SCALE, WEIGHT_SCALE));
        assertEquals(List.of("QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "Gemm", "Add", "Identity"), operators(model));
        assertArrayEquals(new byte[] {127, -24, 16, -32, 18, 127}, bytes(model, "fc.weight_quantized"));
        assertArrayEquals(Elements.encode(new float[] {WEIGHT_SCALE, WEIGHT_SCALE}, DType.FLOAT16), bytes(model, "fc.weight_scale"));
        assertArrayEquals(new byte[2], bytes(model, "fc.weight_zero_point"));
        assertEquals(0, node(model, "fc/DequantizeLinear").getAttribute(0).getI());
    }

    @Test
    void weightsOfBatchedProductsAreTransposedAsCodes() throws IOException {
        ModelProto model = export(linear(DType.FLOAT32, DType.INT8, 3, INPUT_SCALE, WEIGHT_SCALE, WEIGHT_SCALE));
        assertEquals(List.of("QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "MatMul", "Add", "Identity"), operators(model));
        assertArrayEquals(new byte[] {127, -32, -24, 18, 16, 127}, bytes(model, "fc.weight_quantized"));
        assertEquals(List.of(3L, 2L), initializer(model, "fc.weight_quantized").getDimsList());
        assertEquals(1, node(model, "fc/DequantizeLinear").getAttribute(0).getI());
    }

    @Test
    void theQdqOptionKeepsFloatsAndGivesTheSameResult() throws IOException {
        for (int rank : new int[] {2, 3}) {
            TestJob job = linear(DType.FLOAT32, DType.INT8, rank, INPUT_SCALE, WEIGHT_SCALE, WEIGHT_SCALE);
            job.options.put("weights", "qdq");
            ModelProto model = export(job);
            assertEquals(2, operators(model).stream().filter("QuantizeLinear"::equals).count());
            assertTrue(model.getGraph().getInitializerList().stream().noneMatch(t -> t.getName().endsWith("_quantized")));
            float[] y = Runtime.run(folder.resolve("backbone.onnx"),
                Map.of("x", TensorView.ofFloats(X, rank == 2 ? new long[] {2, 3} : new long[] {1, 2, 3})),
                OptLevel.NO_OPT).toFloats();
            assertArrayEquals(new float[] {5.00295f, 2.61665f, 0, -1.95486f}, y, 1e-5f);
        }
    }

    @Test
    void theReportSaysWhatTheFileHas() throws IOException {
        ExportReport report = new OnnxExporter().export(linear(DType.FLOAT32, DType.INT8, 3, INPUT_SCALE, WEIGHT_SCALE, WEIGHT_SCALE),
            folder);
        assertEquals(List.of(new QuantizedLayer("fc", "MatMul", Map.of(Slot.INPUT, new Codes("INT8", 1, INPUT_SCALE),
            Slot.WEIGHT, new Codes("INT8", 2, Float.NaN)))), report.quantized());
    }

    @Test
    void aFloat8LayerMultipliesWhatTheEncoderGives() throws IOException {
        float inputScale = 1.3193359375f / 448;
        float weightScale = 3.03125f / 448;
        ExportReport report = new OnnxExporter().export(linear(DType.FLOAT32, DType.FLOAT8_E4M3, 3, inputScale, weightScale), folder);
        float[] expected = new float[4];
        for (int i = 0; i < 12; i++) {
            int row = i / 6, out = i / 3 % 2, in = i % 3;
            expected[2 * row + out] += inputScale * Float8.toFloat(Float8.fromFloat(X[3 * row + in] / inputScale))
                * weightScale * Float8.toFloat(Float8.fromFloat(W[3 * out + in] / weightScale));
        }
        assertArrayEquals(expected, run(report, DType.FLOAT32, 3, OptLevel.BASIC_OPT), 1e-5f);
        assertEquals(new Codes("FLOAT8E4M3FN", 1, weightScale), report.quantized().get(0).slots().get(Slot.WEIGHT));
    }

    @Test
    void aQuantizedConvolutionMatchesTheSumOverItsCodes() throws IOException {
        Layer.Conv layer = new Layer.Conv("conv", Role.CONVOLUTION, 2, 3, 3, 2, 1, true);
        float[] scales = {0.01f, 0.02f, 0.03f};
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.conv(layer, roundTrip(o, in.get("x"), DType.INT8, 0.02f),
            roundTrip(o, o.parameter("conv.weight", Shape.of(3, 2, 3, 3)), DType.INT8, scales)));
        job.input("x", 1, 2, 5, 4).output(1, 3, 3, 2).random("conv.weight", 3, 2, 3, 3).random("conv.bias", 3).quantizes("conv");
        float[] x = TestJob.random(7, 40);
        float[] y = Runtime.run(job, folder, Map.of("x", TensorView.ofFloats(x, 1, 2, 5, 4))).toFloats();
        float[] w = job.read("conv.weight").toFloats();
        float[] bias = job.read("conv.bias").toFloats();
        for (int i = 0; i < y.length; i++) {
            int out = i / 6, row = i / 2 % 3, column = i % 2;
            double sum = bias[out];
            for (int j = 0; j < 18; j++) {
                int in = j / 9, h = 2 * row + j / 3 % 3 - 1, v = 2 * column + j % 3 - 1;
                if (h >= 0 && h < 5 && v >= 0 && v < 4) {
                    sum += code(x[in * 20 + h * 4 + v], 0.02f) * code(w[out * 18 + j], scales[out]);
                }
            }
            assertEquals(sum, y[i], 1e-5);
        }
    }

    /** A filter of shape (3, 2, 3, 3) in 8-bit floats. */
    private static TestJob float8Conv(DType type, float scale) {
        Layer.Conv layer = new Layer.Conv("conv", Role.CONVOLUTION, 2, 3, 3, 1, 1, false);
        return new TestJob(type, (o, in) -> o.conv(layer, roundTrip(o, in.get("x"), DType.FLOAT8_E4M3, scale),
            roundTrip(o, o.parameter("conv.weight", Shape.of(3, 2, 3, 3)), DType.FLOAT8_E4M3, scale)))
            .input("x", 1, 2, 1, 1).output(1, 3, 1, 1).random("conv.weight", 3, 2, 3, 3).quantizes("conv");
    }

    @Test
    void aFilterInFloat8StaysFloatWithAPair() throws IOException {
        for (String option : new String[] {"quantized", "qdq"}) {
            TestJob job = float8Conv(DType.FLOAT16, 0.01f);
            job.options.put("weights", option);
            ModelProto model = export(job);
            assertEquals(List.of("QuantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear", "Conv", "Identity"), operators(model));
            NodeProto quantize = node(model, "conv/QuantizeLinear");
            assertEquals(List.of("conv.weight", "conv.weight_scale", "conv.weight_zero_point"), quantize.getInputList());
            assertEquals(quantize.getOutput(0), node(model, "conv/DequantizeLinear").getInput(0));
            assertEquals(TensorProto.DataType.FLOAT16_VALUE, initializer(model, "conv.weight").getDataType());
        }
    }

    @Test
    void aLinearWeightInFloat8IsKeptAsCodes() throws IOException {
        ModelProto model = export(linear(DType.FLOAT16, DType.FLOAT8_E4M3, 3, INPUT_SCALE, WEIGHT_SCALE));
        assertEquals(1, operators(model).stream().filter("QuantizeLinear"::equals).count());
        assertEquals(TensorProto.DataType.FLOAT8E4M3FN_VALUE, initializer(model, "fc.weight_quantized").getDataType());
        assertTrue(model.getGraph().getInitializerList().stream().noneMatch(t -> t.getName().equals("fc.weight")));
    }

    @Test
    void aFilterInFloat8MultipliesWhatTheEncoderGives() throws IOException {
        float scale = 0.01f;
        TestJob job = float8Conv(DType.FLOAT32, scale);
        float[] x = {0.37f, -1.21f};
        float[] y = Runtime.run(job, folder, Map.of("x", TensorView.ofFloats(x, 1, 2, 1, 1))).toFloats();
        float[] w = job.read("conv.weight").toFloats();
        for (int out = 0; out < 3; out++) {
            double sum = 0;
            for (int in = 0; in < 2; in++) {                 // the middle of the filter; the rest lies on padding
                sum += float8(x[in], scale) * float8(w[out * 18 + in * 9 + 4], scale);
            }
            assertEquals(sum, y[out], 1e-6);
        }
    }

    private static double float8(float value, float scale) {
        return Float8.toFloat(Float8.fromFloat(value / scale)) * scale;
    }

    private static double code(float value, float scale) {
        return Math.max(-128, Math.min(127, Math.rint(value / scale))) * scale;
    }

    @Test
    void aScaleThatTheComputeTypeRoundsToZeroIsRefused() {
        ExportException e = assertThrows(ExportException.class,
            () -> export(linear(DType.FLOAT16, DType.INT8, 2, INPUT_SCALE, WEIGHT_SCALE, 1e-9f)));
        assertEquals("fc.weight: found a scale of 0.0; expected finite and > 0 in FLOAT16", e.getMessage());
    }

    private ModelProto export(TestJob job) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(new OnnxExporter().export(job, folder).model()));
    }

    private static List<String> operators(ModelProto model) {
        List<String> operators = new ArrayList<>();
        model.getGraph().getNodeList().forEach(n -> operators.add(n.getOpType()));
        return operators;
    }

    private static NodeProto node(ModelProto model, String name) {
        return model.getGraph().getNodeList().stream().filter(n -> n.getName().equals(name)).findFirst().orElseThrow();
    }

    private static TensorProto initializer(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream().filter(t -> t.getName().equals(name)).findFirst().orElseThrow();
    }

    private static byte[] bytes(ModelProto model, String name) {
        return initializer(model, name).getRawData().toByteArray();
    }
}
