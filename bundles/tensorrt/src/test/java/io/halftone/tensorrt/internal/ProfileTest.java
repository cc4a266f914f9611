package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
    private static final Map<String, Extent> EXTENTS = Map.of("batch_size", new Extent(1, 2, 16), "height", new Extent(8, 16, 32));

    @TempDir
    Path folder;
    private OnnxFile model;

    @BeforeEach
    void readModel() throws IOException {
        model = OnnxFile.read(TestModel.write(folder, DataType.INT8_VALUE));
    }

    private String refusal(Map<String, Extent> extents, Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class, () -> Profile.of(model, extents, BuildOptions.of(options))).getMessage();
    }

    @Test
    void aModelSaysItsInputsLayersAndFacts() throws IOException {
        assertEquals(Map.of("sample", TestModel.SAMPLE, "timestep", List.of("1")), model.inputs());
        assertEquals(Map.of("block", new OnnxFile.Site("MatMul", List.of("block/MatMul"), 2),
            "plain", new OnnxFile.Site("MatMul", List.of("plain/MatMul"), 1)), model.sites());
        assertEquals(Map.of("halftone", "{\"level\":3}"), model.metadata());
        assertEquals(Set.of(Precision.INT8), model.precisions());
        assertEquals(Set.of(Precision.NVFP4), OnnxFile.read(TestModel.write(folder, 23)).precisions());
        assertEquals(Set.of(Precision.FP8), OnnxFile.read(TestModel.write(folder, DataType.FLOAT8E4M3FN_VALUE)).precisions());
    }

    @Test
    void blocksAreKnownByTheirOperatorsToo() throws IOException {
        ModelProto written = ModelProto.parseFrom(Files.readAllBytes(model.file()));
        var node = NodeProto.newBuilder().setOpType("TRT_MXFP8DequantizeLinear").addInput("w").addInput("s").addOutput("y");
        Files.write(model.file(), written.toBuilder().setGraph(written.getGraph().toBuilder().addNode(node)).build().toByteArray());
        assertEquals(Set.of(Precision.INT8, Precision.MXFP8), OnnxFile.read(model.file()).precisions());
    }

    @Test
    void aDigestCoversTheExternalData() throws IOException {
        String before = model.digest();
        assertEquals(before, OnnxFile.read(model.file()).digest());
        Files.write(folder.resolve("backbone.onnx_data"), new byte[] {1});
        assertFalse(before.equals(model.digest()));
        Files.delete(folder.resolve("backbone.onnx_data"));
        var e = assertThrows(EngineException.class, () -> OnnxFile.read(model.file()));
        assertEquals(model.file() + ": found no file backbone.onnx_data beside it; expected the model's external data", e.getMessage());
    }

    @Test
    void extentsOfDimensionsMakeTheProfile() {
        Profile profile = Profile.of(model, EXTENTS, BuildOptions.of(Map.of()));
        assertEquals("sample:1x4x8x8,timestep:1", profile.least().toString());
        assertEquals("sample:2x4x16x8,timestep:1", profile.usual().toString());
        assertEquals("sample:16x4x32x8,timestep:1", profile.greatest().toString());
        assertEquals("1x4x8x8 to 16x4x32x8", profile.inputs().get("sample").toString());
        assertTrue(profile.inputs().get("timestep").isFixed());
    }

    @Test
    void shapesOfInputsComeBeforeExtents() {
        Profile profile = Profile.of(model, EXTENTS, BuildOptions.of(Map.of("opt-shapes", "sample:2x4x24x8")));
        assertEquals("2x4x24x8", profile.inputs().get("sample").toString());
    }

    @Test
    void extentsStoredWithTheModelCountWhereNothingElseIsSaid() throws IOException {
        OnnxFile stored = new OnnxFile(model.file(), model.inputs(), Map.of("halftone.extents",
            "{\"batch_size\":[2,16,16],\"height\":[64,64,64],\"steps\":[1,1,1]}"), Map.of(), List.of(), Set.of());
        assertEquals("2x4x64x8 to 16x4x64x8", Profile.of(stored, Map.of(), BuildOptions.of(Map.of())).inputs().get("sample").toString());
        assertEquals("1x4x64x8 to 2x4x64x8",
            Profile.of(stored, Map.of("batch_size", new Extent(1, 2, 2)), BuildOptions.of(Map.of())).inputs().get("sample").toString());
    }

    @Test
    void aShapeStandsForItsDimensionsInTheOtherInputs() {
        OnnxFile two = new OnnxFile(model.file(), Map.of("sample", TestModel.SAMPLE, "text", List.of("batch_size", "7")), Map.of(), Map.of(),
            List.of(), Set.of());
        assertEquals("3x7", Profile.of(two, EXTENTS, BuildOptions.of(Map.of("opt-shapes", "sample:3x4x16x8"))).inputs().get("text").toString());
        var e = assertThrows(IllegalArgumentException.class,
            () -> Profile.of(two, EXTENTS, BuildOptions.of(Map.of("opt-shapes", "sample:3x4x16x8,text:4x7"))));
        assertEquals("input text: found 4x7; expected batch_size of 3, as in sample", e.getMessage());
    }

    @Test
    void aWindowTakesWhatIsWithin() {
        Profile.Window window = Profile.of(model, EXTENTS, BuildOptions.of(Map.of())).inputs().get("sample");
        assertTrue(window.takes(1, 4, 32, 8));
        assertFalse(window.takes(17, 4, 32, 8));
        assertFalse(window.takes(1, 4, 7, 8));
        assertFalse(window.takes(1, 4, 8));
    }

    @Test
    void refusesADimensionWithoutExtent() {
        assertEquals("input sample: found no extent of height in [batch_size, 4, height, 8]; expected one, or min-shapes, opt-shapes and max-shapes"
            + " with sample", refusal(Map.of("batch_size", new Extent(1, 1, 1)), Map.of()));
    }

    @Test
    void refusesWhatTheModelHasNot() {
        assertEquals("dimension width: found none of that name; expected one of [batch_size, height]",
            refusal(Map.of("width", new Extent(1, 1, 1)), Map.of()));
        assertEquals("input latent: found none of that name; expected one of [sample, timestep]", refusal(EXTENTS, Map.of("opt-shapes", "latent:1")));
        assertEquals("input sample: found 2x4; expected 4 extents, [batch_size, 4, height, 8]", refusal(EXTENTS, Map.of("opt-shapes", "sample:2x4")));
        assertEquals("input sample: found 2x3x16x8; expected [batch_size, 4, height, 8]", refusal(EXTENTS, Map.of("opt-shapes", "sample:2x3x16x8")));
    }

    @Test
    void refusesExtentsOutOfOrder() {
        assertEquals("input sample: found 4x4x8x8, 2x4x8x8 and 8x4x8x8; expected least <= usual <= greatest",
            refusal(EXTENTS, Map.of("min-shapes", "sample:4x4x8x8", "opt-shapes", "sample:2x4x8x8", "max-shapes", "sample:8x4x8x8")));
    }
}
