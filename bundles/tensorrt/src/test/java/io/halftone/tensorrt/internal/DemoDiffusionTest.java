package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.EngineBuilder.Request;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and shapes are those of NVIDIA TensorRT's demo/Diffusion, release/10.2. */
class DemoDiffusionTest {
    private static final DemoDiffusion LAYOUT = DemoDiffusion.of(Map.of("layout", "demo-diffusion")).orElseThrow();

    @TempDir
    Path folder;

    private Path write(DataType type, String step, String added) throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().addNode(NodeProto.newBuilder().setOpType("Identity"))
            .addInput(port("sample", type, "batch_size", "4", "height", "width")).addInput(port("timestep", type, step))
            .addInput(port("encoder_hidden_states", type, "batch_size", "sequence_length", "2048"))
            .addInput(port("text_embeds", type, "batch_size", "1280")).addInput(port("time_ids", type, "batch_size", "6"))
            .addOutput(port("latent", type, "batch_size", "4", "height", "width"));
        if (!added.isEmpty()) {
            graph.addInput(port(added, type, "1"));
        }
        Files.writeString(folder.resolve("backbone.onnx_data"), "data");
        graph.addInitializer(TensorProto.newBuilder().setName("weight").setDataType(DataType.INT8_VALUE)
            .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("backbone.onnx_data")));
        return Files.write(folder.resolve("backbone.onnx"), ModelProto.newBuilder().setGraph(graph).build().toByteArray());
    }

    private static ValueInfoProto port(String name, DataType type, String... dims) {
        return TestModel.input(name, type, List.of(dims));
    }

    private static Request request(Path model, Map<String, Extent> extents) {
        return new Request(model, extents, Map.of("layout", "demo-diffusion", "device", "1"));
    }

    private String refusal(DataType type, String step, String added) throws IOException {
        Path model = write(type, step, added);
        return assertThrows(EngineException.class, () -> LAYOUT.fit(request(model, Map.of()))).getMessage().replace(folder + "/", "");
    }

    @Test
    void callsTheEngineAsTheDemoLooksForIt() {
        assertEquals("unetxl.trt10.2.0.plan", LAYOUT.fileName("10.2.0"));
        var versioned = DemoDiffusion.of(Map.of("layout", "demo-diffusion", "layout-version", "10.2.0.19")).orElseThrow();
        assertEquals("unetxl.trt10.2.0.19.plan", versioned.fileName("10.2.0"));
        assertEquals("option layout-version: found 10.2.0.19; expected 10.6.0, the version that builds here: another one does not load the engine",
            assertThrows(IllegalArgumentException.class, () -> versioned.fileName("10.6.0")).getMessage());
    }

    @Test
    void refusesAnotherName() {
        LAYOUT.expectName(Path.of("engine/unetxl.trt10.2.0.plan"), "unetxl.trt10.2.0.plan");
        assertEquals("engine file engine/x.plan: found another name than the layout's; expected its folder, or engine/unetxl.trt10.2.0.plan",
            assertThrows(IllegalArgumentException.class, () -> LAYOUT.expectName(Path.of("engine/x.plan"), "unetxl.trt10.2.0.plan")).getMessage());
    }

    /** The demo makes a buffer of the shape that the engine gives for it. */
    @Test
    void fixesTheTimeStepAndNothingElse() throws IOException {
        Path model = write(DataType.FLOAT16, "steps", "");
        DemoDiffusion.Fitted fitted = LAYOUT.fit(request(model, Map.of("steps", new Extent(1, 1, 1))));
        Request request = fitted.request();
        OnnxFile fixed = OnnxFile.read(request.model());
        assertEquals(List.of("1"), fixed.inputs().get("timestep"));
        assertEquals(Set.of("batch_size", "height", "width", "sequence_length"), fixed.dimensions());
        assertEquals(List.of("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids"), List.copyOf(fixed.inputs().keySet()));
        assertEquals(folder, request.model().getParent());
        assertEquals(Map.of("device", "1"), request.options());
        assertEquals(Set.of("batch_size"), request.extents().keySet());
        assertEquals(List.of("steps"), OnnxFile.read(model).inputs().get("timestep"));
        fitted.close();
        try (var left = Files.list(folder)) {
            assertEquals(List.of("backbone.onnx", "backbone.onnx_data"), left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void removesWhatABuildLeftThatWasKilled() throws IOException {
        Path model = write(DataType.FLOAT16, "steps", "");
        Path left = Files.writeString(folder.resolve(".demo-diffusion-1.onnx"), "half");
        Path lock = Files.createFile(folder.resolve(".demo-diffusion-1.onnx.lock"));
        try (var living = LAYOUT.fit(request(model, Map.of())); var other = LAYOUT.fit(request(model, Map.of()))) {
            assertTrue(Files.exists(living.request().model()) && Files.exists(other.request().model()));
        }
        assertFalse(Files.exists(left) || Files.exists(lock));
    }

    @Test
    void takesAModelAsItIsWhoseTimeStepIsFixed() throws IOException {
        Path model = write(DataType.FLOAT, "1", "");
        assertEquals(model, LAYOUT.fit(request(model, Map.of())).request().model());
    }

    /** With guidance a picture takes two passes; the demo makes one to four pictures at once. */
    @Test
    void buildsForTheDemosBatches() throws IOException {
        Path model = write(DataType.FLOAT16, "1", "");
        assertEquals(Map.of("batch_size", new Extent(2, 2, 8)), LAYOUT.fit(request(model, Map.of())).request().extents());
        assertEquals(Map.of("batch_size", new Extent(2, 2, 2)),
            LAYOUT.fit(request(model, Map.of("batch_size", new Extent(2, 2, 2)))).request().extents());
    }

    @Test
    void refusesWhatTheDemoCannotBind() throws IOException {
        assertEquals("backbone.onnx: sample: found BFLOAT16; expected FLOAT16 or FLOAT, as NumPy has them: export the model in Half",
            refusal(DataType.BFLOAT16, "steps", ""));
        assertEquals("backbone.onnx: timestep: found [2]; expected one extent, of 1 or named", refusal(DataType.FLOAT16, "2", ""));
        assertEquals("backbone.onnx: found inputs [sample, timestep, encoder_hidden_states, text_embeds, time_ids, guidance] and outputs [latent]; "
            + "expected those of an SDXL backbone, [encoder_hidden_states, sample, text_embeds, time_ids, timestep] and [latent], as "
            + "demo-diffusion has them", refusal(DataType.FLOAT16, "steps", "guidance"));
    }

    @Test
    void refusesOptionsThatMakeNoSense() {
        assertTrue(DemoDiffusion.of(Map.of("device", "0")).isEmpty());
        assertEquals("option layout: found comfy; expected demo-diffusion", refused(Map.of("layout", "comfy")));
        assertEquals("option layout-version: found it without a layout; expected layout too", refused(Map.of("layout-version", "10.2.0")));
        assertEquals("option layout-version: found ten; expected tensorrt.__version__ as 10.2.0 or 10.2.0.19",
            refused(Map.of("layout", "demo-diffusion", "layout-version", "ten")));
        assertFalse(BuildOptions.names().contains("layout"));
    }

    private static String refused(Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class, () -> DemoDiffusion.of(options)).getMessage();
    }
}
