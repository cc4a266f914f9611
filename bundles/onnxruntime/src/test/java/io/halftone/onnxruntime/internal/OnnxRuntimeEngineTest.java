package io.halftone.onnxruntime.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder.Request;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeEngineTest {
    private static final TestModel INT8 = new TestModel(DType.FLOAT32, DType.INT8);

    @TempDir
    Path folder;
    private final OnnxRuntimeEngineBuilder builder = new OnnxRuntimeEngineBuilder();

    private float[] run(Path file, TestModel model, int batch, int tokens, Map<String, String> options) throws IOException {
        try (Engine engine = builder.load(file, options)) {
            return engine.run(model.inputs(batch, tokens), outputs -> outputs.get("y").toFloats());
        }
    }

    private EngineReport build(Path model, Map<String, String> options) throws IOException {
        return builder.build(new Request(model, Map.of(), options), folder.resolve("backbone.plan"));
    }

    private static void assertClose(double[] expected, float[] found, double tolerance) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], tolerance, "element " + i);
        }
    }

    @Test
    void anExportRunsAtEveryOptimization() throws IOException {
        Path model = INT8.export(folder);
        for (String level : List.of("all", "extended", "basic", "disabled")) {
            for (int[] size : new int[][] {{1, 5}, {3, 8}}) {
                assertClose(INT8.expected(size[0], size[1]), run(model, INT8, size[0], size[1], Map.of("optimization", level)), 1e-4);
            }
        }
    }

    @Test
    void aBuiltEngineRunsWithoutTheExport() throws IOException {
        Path export = Files.createDirectory(folder.resolve("export"));
        build(INT8.export(export), Map.of());
        for (String file : List.of("backbone.onnx", "backbone.onnx_data")) {
            Files.delete(export.resolve(file));
        }
        assertClose(INT8.expected(2, 7), run(folder.resolve("backbone.plan"), INT8, 2, 7, Map.of()), 1e-4);
    }

    @Test
    void linearLayersRunInIntegerKernelsAndConvolutionsInFloat() throws IOException {
        EngineReport report = build(INT8.export(folder), Map.of("threads", "2"));
        assertEquals(List.of("tokens", "twin", "vector"), report.integerLayers());
        assertEquals(List.of("conv"), report.floatLayers());
        // 16 wide, batch 2 and 8 tokens: two linear layers of tokens, one of vectors; a 3x3 convolution in float
        double low = 2 * 16 * 16 * 16 + 2 * 16 * 16;
        assertEquals(low / (low + 16 * 16 * 16 * 9), report.lowShare(), 1e-12);
        assertEquals(2, report.operators().get("MatMulIntegerToFloat"));
        assertEquals(1, report.operators().get("QGemm"));
        assertEquals("onnxruntime 1.28.0", report.runtime());
        assertEquals("cpu " + Processor.description() + ", 2 threads", report.device());
    }

    @Test
    void aLoadedEngineReportsWhatWasBuiltAndALoadedExportWhatItBecame() throws IOException {
        Path model = INT8.export(folder);
        EngineReport built = build(model, Map.of());
        try (Engine engine = builder.load(folder.resolve("backbone.plan"), Map.of()); Engine export = builder.load(model, Map.of())) {
            assertEquals(built, engine.report());
            assertEquals(built.integerLayers(), export.report().integerLayers());
            assertEquals(built.floatLayers(), export.report().floatLayers());
            assertEquals(model, export.report().file());
        }
    }

    @Test
    void withoutOptimizationEveryLayerRunsInFloat() throws IOException {
        EngineReport report = build(INT8.export(folder), Map.of("optimization", "disabled"));
        assertEquals(List.of(), report.integerLayers());
        assertEquals(List.of("conv", "tokens", "twin", "vector"), report.floatLayers());
    }

    @Test
    void aFloat16ModelRoundsToNearestAndRunsInIntegerKernelsToo() throws IOException {
        TestModel half = new TestModel(DType.FLOAT16, DType.INT8);
        Path model = half.export(folder);
        EngineReport report = build(model, Map.of());
        for (Path file : List.of(model, report.file())) {
            for (String level : List.of("all", "disabled")) {
                // the picture between the layers is float16, so that few of its codes may fall to the other side
                assertClose(half.expected(2, 6), run(file, half, 2, 6, Map.of("optimization", level)), 0.06);
            }
        }
        assertEquals(List.of("tokens", "twin", "vector"), report.integerLayers());
    }

    @Test
    void sumsThatPass16BitsAreExact() throws IOException {
        TestModel extreme = new TestModel(DType.FLOAT32, DType.INT8, true);
        Path model = extreme.export(folder);
        for (Path file : List.of(model, build(model, Map.of()).file())) {
            assertClose(extreme.expected(1, 3), run(file, extreme, 1, 3, Map.of()), 1e-4);
        }
    }

    @Test
    void float8ModelsRunAtEveryOptimization() throws IOException {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT16)) {
            TestModel float8 = new TestModel(type, DType.FLOAT8_E4M3);
            Path model = float8.export(folder);
            float[] plain = run(model, float8, 2, 6, Map.of("optimization", "disabled"));
            for (String level : List.of("basic", "extended")) {
                assertArrayEquals(plain, run(model, float8, 2, 6, Map.of("optimization", level)), 0.05f, level);
            }
            EngineReport report = build(model, Map.of());
            assertEquals(List.of("conv", "tokens", "twin", "vector"), report.floatLayers());
            assertArrayEquals(plain, run(model, float8, 2, 6, Map.of()), 0.05f);
            assertArrayEquals(plain, run(report.file(), float8, 2, 6, Map.of()), 0.05f);
        }
    }

    @Test
    void theSameInputsGiveTheSameBytes() throws IOException {
        Path model = INT8.export(folder);
        assertArrayEquals(run(model, INT8, 2, 9, Map.of()), run(model, INT8, 2, 9, Map.of("threads", "1")));
    }

    @Test
    void inputsInTheHeapAreTakenToo() throws IOException {
        Values<TensorView> inputs = INT8.inputs(1, 4).map(view -> {
            byte[] bytes = new byte[(int) view.byteLength()];
            view.bytes().get(bytes);
            return TensorView.host(view.dtype(), view.shape(), ByteBuffer.wrap(bytes));
        });
        try (Engine engine = builder.load(INT8.export(folder), Map.of())) {
            assertClose(INT8.expected(1, 4), engine.run(inputs, outputs -> outputs.get("y").toFloats()), 1e-4);
        }
    }

    @Test
    void theInputsAreListedWithTheirTypes() throws IOException {
        try (Engine engine = builder.load(INT8.export(folder), Map.of())) {
            assertEquals(Map.of("x", DType.FLOAT32, "v", DType.FLOAT32), engine.inputs());
            assertEquals(List.of("x", "v"), List.copyOf(engine.inputs().keySet()));
        }
    }

    @Test
    void inputsThatDoNotFitAreRefused() throws IOException {
        Values<TensorView> inputs = INT8.inputs(2, 4);
        try (Engine engine = builder.load(INT8.export(folder), Map.of())) {
            assertRefused(engine, Values.of("x", inputs.get("x")), "inputs: found [x]; expected [x, v]");
            assertRefused(engine, inputs.and("z", inputs.get("x")), "inputs: found [x, v, z]; expected [x, v]");
            assertRefused(engine, inputs.and("v", TensorView.ofLongs(new long[32], 2, 16)),
                "input v: found INT64 [2, 16]; expected FLOAT32 [batch, 16] in host memory");
            assertRefused(engine, inputs.and("v", TensorView.ofFloats(new float[34], 2, 17)),
                "input v: found FLOAT32 [2, 17]; expected FLOAT32 [batch, 16] in host memory");
            assertRefused(engine, inputs.and("v", TensorView.ofFloats(new float[48], 3, 16)),
                "input v: found batch 3; expected 2, as in an input before");
            assertRefused(engine, inputs.and("v", TensorView.device(DType.FLOAT32, new long[] {2, 16}, 4096, 0)),
                "input v: found FLOAT32 [2, 16] on device 0; expected FLOAT32 [batch, 16] in host memory");
        }
    }

    private static void assertRefused(Engine engine, Values<TensorView> inputs, String message) {
        assertEquals(message, assertThrows(EngineException.class, () -> engine.run(inputs, outputs -> outputs)).getMessage());
    }

    @Test
    void aClosedEngineRefusesToRun() throws IOException {
        Engine engine = builder.load(INT8.export(folder), Map.of());
        engine.close();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.run(INT8.inputs(1, 1), outputs -> outputs));
    }

    @Test
    void anEngineOfAnotherRuntimeIsRefused() throws IOException {
        Path file = build(INT8.export(folder), Map.of()).file();
        set(file, "halftone.engine.runtime", "onnxruntime 1.20.0");
        EngineException e = assertThrows(EngineException.class, () -> builder.load(file, Map.of()));
        assertEquals(file + ": found an engine built for onnxruntime 1.20.0; expected one for onnxruntime 1.28.0: build it again",
            e.getMessage());
    }

    @Test
    void anEngineWithAnotherNumberOfThreadsThanThereCanBeIsRefused() throws IOException {
        Path file = build(INT8.export(folder), Map.of()).file();
        set(file, "halftone.engine.threads", "many");
        EngineException e = assertThrows(EngineException.class, () -> builder.load(file, Map.of()));
        assertEquals(file + ": halftone.engine.threads: option threads: found many; expected a whole number, 0 for the runtime's choice",
            e.getMessage());
    }

    /** Has an engine say something else. */
    private static void set(Path file, String key, String value) throws IOException {
        ModelProto.Builder engine = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        engine.getMetadataPropsBuilderList().stream().filter(p -> p.getKey().equals(key)).forEach(p -> p.setValue(value));
        Files.write(file, engine.build().toByteArray());
    }

    @Test
    void anEngineIsTheSameWhereverItAndItsExportLie() throws IOException {
        Path near = Files.createDirectories(folder.resolve("near")), far = Files.createDirectories(folder.resolve("far/away/from/here"));
        Path first = builder.build(new Request(INT8.export(near), Map.of(), Map.of()), near.resolve("x.engine")).file();
        Path second = builder.build(new Request(INT8.export(far), Map.of(), Map.of()), folder.resolve("x.engine")).file();
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        assertArrayEquals(Files.readAllBytes(near.resolve("x.engine_data")), Files.readAllBytes(folder.resolve("x.engine_data")));
    }

    @Test
    void anEngineTellsWhichExportItIsOf() throws IOException {
        Path model = INT8.export(folder);
        String before = ModelGraph.read(build(model, Map.of()).file()).fact("halftone.engine.export_sha256").orElseThrow();
        new TestModel(DType.FLOAT32, DType.INT8, true).export(folder);
        String other = ModelGraph.read(build(model, Map.of()).file()).fact("halftone.engine.export_sha256").orElseThrow();
        assertTrue(before.matches("[0-9a-f]{64}") && !before.equals(other), before + ", " + other);
    }

    @Test
    void anEngineThatCannotFollowItsDataLeavesTheOldData() throws IOException {
        Path model = INT8.export(folder);
        build(model, Map.of());
        byte[] data = Files.readAllBytes(folder.resolve("backbone.plan_data"));
        Files.delete(folder.resolve("backbone.plan"));
        Files.createDirectories(folder.resolve("backbone.plan/occupied"));
        new TestModel(DType.FLOAT32, DType.INT8, true).export(folder);
        assertThrows(IOException.class, () -> build(model, Map.of()));
        assertArrayEquals(data, Files.readAllBytes(folder.resolve("backbone.plan_data")));
        try (var files = Files.list(folder)) {
            assertEquals(4, files.count(), "the export, the data, and what stands in the engine's place");
        }
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("backbone.onnx"), "no model");
        EngineException e = assertThrows(EngineException.class, () -> builder.load(file, Map.of()));
        assertTrue(e.getMessage().endsWith("; expected an ONNX model"), e.getMessage());
        assertThrows(NoSuchFileException.class, () -> builder.load(folder.resolve("none.onnx"), Map.of()));
    }

    @Test
    void aModelWithoutItsDataIsRefusedAndLeavesNothing() throws IOException {
        Path export = Files.createDirectory(folder.resolve("export"));
        Path model = INT8.export(export);
        Files.delete(export.resolve("backbone.onnx_data"));
        EngineException e = assertThrows(EngineException.class, () -> build(model, Map.of()));
        assertEquals(model + ": found no file backbone.onnx_data beside it; expected the model's external data", e.getMessage());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(export), files.toList());
        }
    }

    /** The ONNX library wrote data back to where a model said that they lie. */
    @Test
    void cve202551480ABuildWritesNothingWhereAModelSaysThatItsDataLie() throws IOException {
        Path export = Files.createDirectory(folder.resolve("export"));
        Path model = INT8.export(export);
        byte[] data = Files.readAllBytes(export.resolve("backbone.onnx_data"));
        Path victim = Files.write(folder.resolve("victim"), data);
        Files.createDirectory(export.resolve("sub"));
        Files.move(export.resolve("backbone.onnx_data"), export.resolve("sub/data"));
        for (String location : List.of("../victim", "sub/../../victim", victim.toString())) {
            relocate(model, location);
            for (EngineException e : List.of(assertThrows(EngineException.class, () -> build(model, Map.of())),
                assertThrows(EngineException.class, () -> builder.load(model, Map.of())))) {
                assertTrue(e.getMessage().contains(": found location " + location + "; expected a file in the model's folder, "), e.getMessage());
            }
            assertArrayEquals(data, Files.readAllBytes(victim));
        }
        relocate(model, "sub/data");
        Files.createSymbolicLink(folder.resolve("backbone.plan_data"), victim);
        build(model, Map.of());
        assertArrayEquals(data, Files.readAllBytes(victim));
        assertArrayEquals(data, Files.readAllBytes(export.resolve("sub/data")));
        assertEquals(Set.of("export", "victim", "backbone.plan", "backbone.plan_data"), Set.of(folder.toFile().list()));
        assertEquals(Set.of("backbone.onnx", "sub"), Set.of(export.toFile().list()));
    }

    /** Has a model's tensors lie in another file. */
    private static void relocate(Path model, String location) throws IOException {
        ModelProto.Builder changed = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
        changed.getGraphBuilder().getInitializerBuilderList().forEach(tensor -> tensor.getExternalDataBuilderList().stream()
            .filter(entry -> entry.getKey().equals("location")).forEach(entry -> entry.setValue(location)));
        Files.write(model, changed.build().toByteArray());
    }

    @Test
    void unknownOptionsAreRefused() {
        IllegalArgumentException name = assertThrows(IllegalArgumentException.class, () -> builder.load(folder, Map.of("device", "0")));
        assertEquals("option: found device; expected one of [optimization, threads]", name.getMessage());
        IllegalArgumentException value = assertThrows(IllegalArgumentException.class,
            () -> builder.load(folder, Map.of("optimization", "most")));
        assertEquals("option optimization: found most; expected one of [all, basic, disabled, extended]", value.getMessage());
    }
}
