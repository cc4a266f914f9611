package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.export.EngineException;
import io.halftone.export.LayerReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarTest {
    private static final Platform H100 = new Platform("10.6.0", "13.0", "NVIDIA H100 80GB HBM3", "9.0");

    @TempDir
    Path folder;

    private static Profile profile(long greatest) {
        Map<String, Profile.Window> inputs = new LinkedHashMap<>();
        inputs.put("sample", new Profile.Window(List.of(2L, 4L), List.of(2L, 4L), List.of(greatest, 4L)));
        inputs.put("a", new Profile.Window(List.of(), List.of(), List.of()));
        return new Profile(inputs);
    }

    private static Sidecar sidecar() {
        return new Sidecar(Sidecar.FORMAT, "backbone.onnx", "ab12", H100, profile(16), 4, 0, Map.of("halftone", "{\"level\":3}"),
            new LayerInfo(List.of("a", "b"), List.of("c"), Map.of("gemm", 2), 0.75,
                List.of(new LayerReport("a", "Conv", "INT8", List.of("sm90_conv"), List.of("a/Add"), ""))), 5, "cd34");
    }

    /** Read back, with what is known of no layer. */
    private Sidecar without() throws IOException {
        Sidecar full = sidecar();
        Path other = folder.resolve("other.plan");
        Files.write(Sidecar.file(other), new Sidecar(full.format(), full.model(), full.onnx(), full.platform(), full.profile(), full.level(),
            full.workspace(), full.metadata(), LayerInfo.NONE, full.bytes(), full.plan()).json());
        return Sidecar.read(other);
    }

    private Path engine() {
        return folder.resolve("backbone.plan");
    }

    @Test
    void readsBackWhatItWrites() throws IOException {
        Files.write(Sidecar.file(engine()), sidecar().json());
        Sidecar read = Sidecar.read(engine());
        assertEquals(sidecar(), read);
        assertTrue(Double.isNaN(without().layers().lowShare()));
        assertEquals(List.of("sample", "a"), List.copyOf(read.profile().inputs().keySet()));
        assertEquals(folder.resolve("backbone.plan.json"), Sidecar.file(engine()));
    }

    @Test
    void aKeyChangesWithAllThatDecides() {
        BuildOptions options = BuildOptions.of(Map.of());
        String key = Sidecar.key("ab12", H100, profile(16), options);
        assertEquals(key, sidecar().key());
        assertEquals(key, Sidecar.key("ab12", H100, profile(16), BuildOptions.of(Map.of("timing-cache", "none"))));
        List<String> others = List.of(Sidecar.key("ab13", H100, profile(16), options),
            Sidecar.key("ab12", new Platform("10.7.0", "13.0", H100.gpu(), "9.0"), profile(16), options),
            Sidecar.key("ab12", H100, profile(8), options), Sidecar.key("ab12", H100, profile(16), BuildOptions.of(Map.of("workspace", "1"))),
            Sidecar.key("ab12", H100, profile(16), BuildOptions.of(Map.of("builder-optimization-level", "3"))));
        assertFalse(others.contains(key));
        assertEquals(others.size(), others.stream().distinct().count());
    }

    @Test
    void anEngineAloneIsRefused() throws IOException {
        Files.write(engine(), new byte[5]);
        var e = assertThrows(EngineException.class, () -> new TensorRtEngineBuilder().load(engine(), Map.of()));
        assertEquals(engine() + ": found no backbone.plan.json beside it; expected the description that a build writes: a TensorRT engine is built"
            + " from an exported model first", e.getMessage());
    }

    @Test
    void anotherFormatIsRefused() throws IOException {
        Files.writeString(Sidecar.file(engine()), "{\"format\": 7}");
        var other = assertThrows(EngineException.class, () -> Sidecar.read(engine()));
        assertEquals(Sidecar.file(engine()) + ": found format 7; expected 3: build it again", other.getMessage());
        Files.writeString(Sidecar.file(engine()), "{\"format\": 3, \"level\": \"high\"}");
        var broken = assertThrows(EngineException.class, () -> Sidecar.read(engine()));
        assertTrue(broken.getMessage().startsWith(Sidecar.file(engine()) + ": found Cannot deserialize value"), broken.getMessage());
    }

    @Test
    void anEngineOfAnotherVersionOrGpuIsRefused() {
        H100.expect("x.plan", new Platform("10.6.0", "12.6", "NVIDIA H100 80GB HBM3", "9.0"));
        var version = assertThrows(EngineException.class, () -> H100.expect("x.plan", new Platform("10.15.1", "13.0", H100.gpu(), "9.0")));
        assertEquals("x.plan: found an engine built by TensorRT 10.15.1; expected one built by 10.6.0: build it again", version.getMessage());
        var gpu = assertThrows(EngineException.class, () -> H100.expect("x.plan", new Platform("10.6.0", "13.0", "NVIDIA L40S", "8.9")));
        assertEquals("x.plan: found an engine built for NVIDIA L40S (compute capability 8.9); expected one for NVIDIA H100 80GB HBM3 (9.0): build"
            + " it again", gpu.getMessage());
        assertEquals(10, H100.major());
    }

    @Test
    void eightBitFloatsNeedAGpuThatHasThem() throws IOException {
        OnnxFile model = OnnxFile.read(TestModel.write(folder, ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT8E4M3FN_VALUE));
        H100.expectRuns(model);
        var e = assertThrows(EngineException.class, () -> new Platform("10.6.0", "13.0", "NVIDIA A100", "8.0").expectRuns(model));
        assertEquals(model.file() + ": FP8 on NVIDIA A100: found compute capability 8.0; expected 8.9 (Ada or Hopper) or later, which FP8 needs",
            e.getMessage());
        var older = assertThrows(EngineException.class, () -> new Platform("10.1.0", "13.0", "NVIDIA H100", "9.0").expectRuns(model));
        assertEquals(model.file() + ": FP8 on NVIDIA H100: found TensorRT 10.1; expected 10.2 or later, which FP8 needs", older.getMessage());
    }

    @Test
    void anEngineGetsItsNamesWholeOrNotAtAll() throws IOException {
        try (PlanFile files = new PlanFile(engine())) {
            try (var channel = files.open()) {
                PlanFile.writeAll(channel, ByteBuffer.wrap(new byte[5]));
            }
            assertFalse(Files.exists(engine()));
            files.publish(sidecar().json(), new byte[2]);
        }
        try (PlanFile abandoned = new PlanFile(engine()); var channel = abandoned.open()) {
            PlanFile.writeAll(channel, ByteBuffer.wrap(new byte[9]));
        }
        assertEquals(5, Files.size(engine()));
        try (var left = Files.list(folder)) {
            assertEquals(List.of("backbone.plan", "backbone.plan.json", "backbone.plan.layers.json"),
                left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aBuildThatCannotGiveItsNamesLeavesWhatThereWas() throws IOException {
        Files.write(engine(), new byte[5]);
        Files.write(Sidecar.file(engine()), sidecar().json());
        try (PlanFile files = new PlanFile(engine())) {
            // without an engine of its own, so that giving the names stops at it
            assertThrows(IOException.class, () -> files.publish(sidecar().json(), new byte[2]));
        }
        assertTrue(Sidecar.exists(engine()));
        assertEquals(5, Files.size(engine()));
    }

    /** The same build over the same files says the same, whenever and wherever it runs. */
    @Test
    void tellsNoTimeAndNoPath() throws IOException {
        List<String> names = new ArrayList<>();
        new ObjectMapper().readTree(sidecar().json()).fieldNames().forEachRemaining(names::add);
        assertEquals(List.of("format", "model", "onnx", "platform", "profile", "level", "workspace", "metadata", "layers", "bytes", "plan"), names);
    }

    @Test
    void anEngineThatIsNotTheOneDescribedIsBuiltAgain() throws IOException {
        var digest = new Digest();
        digest.add(ByteBuffer.wrap(new byte[5]));
        Sidecar of = sidecar();
        Files.write(Sidecar.file(engine()), new Sidecar(of.format(), of.model(), of.onnx(), of.platform(), of.profile(), of.level(), of.workspace(),
            of.metadata(), of.layers(), 5, digest.text()).json());
        Files.write(engine(), new byte[5]);
        assertTrue(TensorRtEngineBuilder.isBuilt(engine(), of.key()));
        assertFalse(TensorRtEngineBuilder.isBuilt(engine(), "of another model"));
        Files.write(engine(), new byte[] {0, 0, 0, 0, 1});
        assertFalse(TensorRtEngineBuilder.isBuilt(engine(), of.key()));
    }

    @Test
    void refusesDescriptionThatIsNotUtf8() throws IOException {
        Files.write(Sidecar.file(engine()), new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', '}'});
        String message = assertThrows(EngineException.class, () -> Sidecar.read(engine())).getMessage();
        assertTrue(message.startsWith(Sidecar.file(engine()) + ": found ") && message.endsWith("; expected the description of an engine"), message);
    }
}
