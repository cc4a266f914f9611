package io.halftone.onnxruntime.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder.Request;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.format.blocks.internal.Mxfp8Format;
import io.halftone.format.blocks.internal.Nvfp4Format;
import io.halftone.format.fp8.internal.Fp8Format;
import io.halftone.format.int8.internal.Int8Format;
import io.halftone.format.weightonly.internal.Int8WeightOnlyFormat;
import io.halftone.onnx.internal.OnnxExporter;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which number formats run, in what kernels, and which are refused. */
class NumberFormatsTest {
    private static final Layer.Linear LINEAR = new Layer.Linear("fc", Role.FEED_FORWARD, 32, 32, false);

    @TempDir
    Path folder;
    private final OnnxRuntimeEngineBuilder builder = new OnnxRuntimeEngineBuilder();

    private EngineReport build(Path model) throws IOException {
        return builder.build(new Request(model, Map.of(), Map.of()), folder.resolve("backbone.plan"));
    }

    private static float[] run(Path file, TestModel model, Map<String, String> options) throws IOException {
        try (Engine engine = new OnnxRuntimeEngineBuilder().load(file, options)) {
            return engine.run(model.inputs(2, 6), outputs -> outputs.get("y").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, INT8, FLOAT8_E4M3", "FLOAT32, FLOAT8_E4M3, INT8", "FLOAT16, INT8, FLOAT8_E4M3", "FLOAT16, FLOAT8_E4M3, INT8"})
    void aModelOfBothKindsKeepsItsIntegerKernels(DType type, DType first, DType second) throws IOException {
        TestModel mixed = new TestModel(type, Map.of("tokens", first, "twin", second, "vector", first, "conv", second), false);
        Path model = mixed.export(folder);
        EngineReport report = build(model);
        List<String> firsts = List.of("tokens", "vector");
        assertEquals(first == DType.INT8 ? firsts : List.of("twin"), report.integerLayers());
        float[] plain = run(model, mixed, Map.of("optimization", "disabled"));
        // sums in another order, after which the convolution's inputs may fall to another code
        for (String level : List.of("all", "extended", "basic")) {
            assertArrayEquals(plain, run(model, mixed, Map.of("optimization", level)), 0.06f, level);
        }
        assertArrayEquals(plain, run(report.file(), mixed, Map.of()), 0.06f);
    }

    @Test
    void layersOf8BitWeightsAloneRunInFloat() throws IOException {
        LayerModel model = layer(new Int8WeightOnlyFormat(new Int8Format()), DType.FLOAT32, Slot.WEIGHT);
        EngineReport report = build(new OnnxExporter().export(model, folder).model());
        assertEquals(List.of("fc"), report.floatLayers());
        assertEquals(List.of(), report.integerLayers());
    }

    @Test
    void anAttentionCountsAsOneLayer() throws IOException {
        Map<String, Shape> inputs = new LinkedHashMap<>();
        List.of("q", "k", "v").forEach(name -> inputs.put(name, Shape.of(1, 2, 5, 16)));
        Map<Slot, Range> ranges = Map.of(Slot.QUERY, Range.of(1), Slot.KEY, Range.of(4), Slot.VALUE, Range.of(4),
            Slot.SOFTMAX, Range.of(1));
        LayerModel model = new LayerModel(new Layer.Attention("attn", Role.ATTENTION, 2, 16, 0.25, false),
            new Rounded(new Fp8Format(), ranges), DType.FLOAT16, inputs, new float[0]);
        EngineReport report = build(new OnnxExporter().export(model, folder).model());
        assertEquals(List.of("attn"), report.floatLayers());
        assertEquals(2, report.operators().get("MatMul"));
    }

    @ParameterizedTest
    @CsvSource({"fp8", "int8"})
    void bfloat16ScalesAreRefused(String name) throws IOException {
        QuantFormat format = name.equals("fp8") ? new Fp8Format() : new Int8Format();
        Path model = new OnnxExporter().export(layer(format, DType.BFLOAT16, Slot.INPUT, Slot.WEIGHT), folder).model();
        String message = model + ": found QuantizeLinear with a BFLOAT16 scale; expected FLOAT or FLOAT16: ONNX Runtime rounds no BFLOAT16"
            + " values, so export the model in another type";
        assertEquals(message, assertThrows(EngineException.class, () -> build(model)).getMessage());
        assertEquals(message, assertThrows(EngineException.class, () -> builder.load(model, Map.of())).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"nvfp4, TRT_FP4DynamicQuantize", "mxfp8, TRT_MXFP8DynamicQuantize"})
    void blockFormatsAreRefused(String name, String operator) throws IOException {
        QuantFormat format = name.equals("nvfp4") ? new Nvfp4Format() : new Mxfp8Format();
        Path model = new OnnxExporter().export(layer(format, DType.FLOAT16, Slot.INPUT, Slot.WEIGHT), folder).model();
        EngineException e = assertThrows(EngineException.class, () -> build(model));
        assertEquals(model + ": found " + operator + ", an operator of TensorRT; expected standard operators: ONNX Runtime has none for"
            + " this number format", e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16"})
    void fp8EnginesHoldTheirWeightsAndRunAsTheExportDoes(DType type) throws IOException {
        TestModel float8 = new TestModel(type, DType.FLOAT8_E4M3);
        Path model = float8.export(folder);
        EngineReport report = build(model);
        assertEquals(List.of(), report.integerLayers());
        assertEquals(List.of("conv", "tokens", "twin", "vector"), report.floatLayers());
        assertArrayEquals(run(model, float8, Map.of()), run(report.file(), float8, Map.of()), 1e-3f);
    }

    private static LayerModel layer(QuantFormat format, DType type, Slot... slots) {
        Map<Slot, Range> ranges = new LinkedHashMap<>();
        for (Slot slot : slots) {
            ranges.put(slot, Range.of(1));
        }
        return new LayerModel(LINEAR, new Rounded(format, ranges), type, Map.of("x", Shape.of(1, 4, 32)),
            LayerModel.random(1, 32 * 32, 0.1));
    }
}
