package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildOptionsTest {
    private static String refusal(Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class, () -> BuildOptions.of(options)).getMessage();
    }

    @Test
    void knowsItsOwnSpellingAndThatOfTrtexec() {
        var own = Map.of("min-shapes", "x:1", "opt-shapes", "x:2", "max-shapes", "x:3", "builder-optimization-level", "2", "timing-cache", "t");
        var its = Map.of("minShapes", "x:1", "optShapes", "x:2", "maxShapes", "x:3", "builderOptimizationLevel", "2", "timingCacheFile", "t");
        assertEquals(BuildOptions.of(own), BuildOptions.of(its));
        assertEquals(2, BuildOptions.of(its).level());
        assertTrue(BuildOptions.names().containsAll(own.keySet()) && BuildOptions.names().containsAll(its.keySet()));
    }

    @Test
    void takesLevelFourAndNoLimitByDefault() {
        BuildOptions options = BuildOptions.of(Map.of());
        assertEquals(4, options.level());
        assertEquals(0, options.workspace());
        assertEquals(0, options.device());
        assertEquals("", options.timingCache());
    }

    @Test
    void oneOfTheShapesStandsForAll() {
        BuildOptions options = BuildOptions.of(Map.of("opt-shapes", "x:2x3"));
        assertEquals("x:2x3", options.least().toString());
        assertEquals(options.least(), options.usual());
        assertEquals(options.least(), options.greatest());
    }

    @Test
    void refusesTwoOfTheShapes() {
        assertEquals("options: found [max-shapes, min-shapes]; expected one that stands for all, or min-shapes, opt-shapes and max-shapes",
            refusal(Map.of("minShapes", "x:1", "max-shapes", "x:2")));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertEquals("option: found fp16; expected one of " + BuildOptions.names(), refusal(Map.of("fp16", "true")));
        assertEquals("option min-shapes: found it in two spellings; expected one", refusal(Map.of("minShapes", "x:1", "min-shapes", "x:1")));
        assertEquals("option builder-optimization-level: found 6; expected a whole number from 0 to 5",
            refusal(Map.of("builder-optimization-level", "6")));
        assertEquals("option workspace: found 4G; expected a whole number from 0 to 1048576", refusal(Map.of("workspace", "4G")));
        assertEquals("option device: found -1; expected a GPU, such as 0, cuda or cuda:1", refusal(Map.of("device", "-1")));
        assertEquals("option device: found cpu; expected a GPU, such as 0, cuda or cuda:1", refusal(Map.of("device", "cpu")));
        assertEquals("option strongly-typed: found false; expected true: every engine takes its types from the model",
            refusal(Map.of("stronglyTyped", "false")));
    }

    @Test
    void loadingHasOptionsOfItsOwn() {
        assertEquals(new LoadOptions(3, true), LoadOptions.of(Map.of("device", "cuda:3")));
        assertEquals(new LoadOptions(0, true), LoadOptions.of(Map.of("device", "cuda")));
        assertEquals(new LoadOptions(1, false), LoadOptions.of(Map.of("device", "1", "cuda-graph", "false")));
        assertEquals(new LoadOptions(0, true), LoadOptions.of(Map.of()));
        var unknown = assertThrows(IllegalArgumentException.class, () -> LoadOptions.of(Map.of("workspace", "1")));
        assertEquals("option: found workspace; expected one of [cuda-graph, device] when an engine is loaded", unknown.getMessage());
        var value = assertThrows(IllegalArgumentException.class, () -> LoadOptions.of(Map.of("cuda-graph", "yes")));
        assertEquals("option cuda-graph: found yes; expected true or false", value.getMessage());
    }

    /** What a cache of engines is keyed by: neither the GPU's number nor where timings are kept makes another engine. */
    @Test
    void isIdentifiedByWhatChangesTheEngine() {
        var h100 = new Platform("10.6.0", "13.0", "NVIDIA H100 80GB HBM3", "9.0");
        String usual = TensorRtEngineBuilder.identity(h100, BuildOptions.of(Map.of()), "");

        assertEquals(usual, TensorRtEngineBuilder.identity(h100, BuildOptions.of(Map.of("device", "1", "timing-cache", "/t")), ""));
        assertNotEquals(usual, TensorRtEngineBuilder.identity(h100, BuildOptions.of(Map.of("builder-optimization-level", "3")), ""));
        assertNotEquals(usual, TensorRtEngineBuilder.identity(h100, BuildOptions.of(Map.of("opt-shapes", "sample:2x4")), ""));
        assertNotEquals(usual, TensorRtEngineBuilder.identity(new Platform("10.7.0", "13.0", h100.gpu(), "9.0"), BuildOptions.of(Map.of()), ""));
    }
}
