package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrtexecCommandTest {
    private static final OnnxFile MODEL = model("onnx/backbone.onnx");
    /** Said though it is one shape: trtexec would take 1 for a named dimension. */
    private static final String FIXED = " --minShapes=sample:2x4x128x128,timestep:1 --optShapes=sample:2x4x128x128,timestep:1"
        + " --maxShapes=sample:2x4x128x128,timestep:1";
    private static final Path ENGINE = Path.of("backbone.plan");

    private static OnnxFile model(String file) {
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        inputs.put("sample", List.of("batch_size", "4", "height", "width"));
        inputs.put("timestep", List.of("steps"));
        inputs.put("scale", List.of("1"));
        return new OnnxFile(Path.of(file), inputs, Map.of(), Map.of(), List.of(), Set.of());
    }

    private static Profile profile(long greatest) {
        Map<String, Profile.Window> inputs = new LinkedHashMap<>();
        inputs.put("sample", new Profile.Window(List.of(2L, 4L, 128L, 128L), List.of(greatest, 4L, 128L, 128L), List.of(greatest, 4L, 128L, 128L)));
        inputs.put("timestep", new Profile.Window(List.of(1L), List.of(1L), List.of(1L)));
        inputs.put("scale", new Profile.Window(List.of(1L), List.of(1L), List.of(1L)));
        return new Profile(inputs);
    }

    @Test
    void printsStronglyTypedShapesAndLevelForVersionTen() {
        assertEquals("trtexec --onnx=onnx/backbone.onnx --stronglyTyped --minShapes=sample:2x4x128x128,timestep:1"
            + " --optShapes=sample:16x4x128x128,timestep:1 --maxShapes=sample:16x4x128x128,timestep:1 --builderOptimizationLevel=4"
            + " --profilingVerbosity=detailed --skipInference --saveEngine=backbone.plan",
            TrtexecCommand.of(10, MODEL, ENGINE, profile(16), BuildOptions.of(Map.of())));
    }

    @Test
    void versionElevenHasNoFlagsOfPrecision() {
        assertEquals("trtexec --onnx=onnx/backbone.onnx" + FIXED + " --builderOptimizationLevel=3 --memPoolSize=workspace:4096M --timingCacheFile=t.cache"
            + " --device=1 --profilingVerbosity=detailed --skipInference --saveEngine=backbone.plan",
            TrtexecCommand.of(11, MODEL, ENGINE, profile(2), BuildOptions.of(Map.of("builder-optimization-level", "3", "workspace", "4096",
                "timing-cache", "t.cache", "device", "1"))));
    }

    @Test
    void wordsThatAShellWouldSplitAreQuoted() {
        String line = TrtexecCommand.of(10, model("my model's.onnx"), ENGINE, profile(2), BuildOptions.of(Map.of("timing-cache", "none")));
        assertEquals("trtexec '--onnx=my model'\\''s.onnx' --stronglyTyped" + FIXED + " --builderOptimizationLevel=4 --profilingVerbosity=detailed"
            + " --skipInference --saveEngine=backbone.plan", line);
    }

    @Test
    void refusesVersionsWithoutStronglyTypedNetworks() {
        var e = assertThrows(IllegalArgumentException.class, () -> TrtexecCommand.of(8, MODEL, ENGINE, profile(2), BuildOptions.of(Map.of())));
        assertEquals("TensorRT: found version 8; expected 9 or later, which takes types from the model", e.getMessage());
    }
}
