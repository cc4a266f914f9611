package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Absence;
import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.api.Finding.Level;
import io.halftone.tensorrt.internal.TensorRtFindings.Libraries;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TensorRtFindingsTest {
    private static final Set<String> RESOURCE = Set.of("libnvinfer_builder_resource.so.10.6.0");
    private static final Libraries LIBRARIES = new Libraries("10.6-1.5.11", "10.6.0", "13.0", "13.0", RESOURCE);
    private static final Gpu H100 = new Gpu(0, "NVIDIA H100 80GB HBM3", new Version(9, 0), 85_000_000_000L, -1);
    private static final Demand ASKED = new Demand("tensorrt", "sdxl-1.0", 5_000_000_000L, 2_000_000_000L, 1_000_000_000L);

    private static Finding finding(List<Finding> findings, String subject) {
        return findings.stream().filter(finding -> finding.subject().equals(subject)).findFirst().orElseThrow(
            () -> new AssertionError("found " + findings + "; expected one of " + subject));
    }

    @Test
    void saysWhatAGpuRuns() {
        List<Finding> findings = TensorRtFindings.of(Demand.NONE, LIBRARIES, List.of(H100), false);
        assertEquals(List.of(Finding.ok("CUDA", "runtime 13.0, the driver takes up to 13.0"),
            Finding.ok("GPU 0", "NVIDIA H100 80GB HBM3, compute capability 9.0, 85.0 GB; runs FP16, INT8, FP8; no NVFP4 (needs TensorRT 10.8, compute "
                + "capability 10.0), no MXFP8 (needs TensorRT 10.12, compute capability 10.0)"),
            Finding.ok("TensorRT", "10.6.0, classes 10.6-1.5.11; takes INT8, FP8, NVFP4 only from 10.8, MXFP8 only from 10.12")), findings);
    }

    @Test
    void aDriverThatIsTooOldIsAProblemOfWhoAsksForTheEngine() {
        var old = new Libraries("10.6-1.5.11", "10.6.0", "13.0", "12.8", RESOURCE);
        assertEquals(Finding.note("CUDA", "runtime 13.0, the driver takes up to 12.8", "a driver that takes CUDA 13.0", "update the driver"),
            finding(TensorRtFindings.of(Demand.NONE, old, List.of(H100), false), "CUDA"));
        assertEquals(Level.PROBLEM, finding(TensorRtFindings.of(ASKED, old, List.of(H100), false), "CUDA").level());
    }

    @Test
    void classesAndLibraryAreOfOneVersion() {
        var skewed = new Libraries("10.6-1.5.11", "10.15.1", "13.0", "13.0", RESOURCE);
        assertEquals(Finding.note("TensorRT", "10.15.1, classes 10.6-1.5.11", "both of one version", "install TensorRT 10.6"),
            finding(TensorRtFindings.of(ASKED, skewed, List.of(H100), false), "TensorRT"));
        var apart = new Libraries("10.6-1.5.11", "11.0.0", "13.0", "13.0", RESOURCE);
        assertEquals(Level.PROBLEM, finding(TensorRtFindings.of(ASKED, apart, List.of(H100), false), "TensorRT").level());
        var unknown = new Libraries("of unknown version", "10.6.0", "13.0", "13.0", RESOURCE);
        assertEquals(Level.OK, finding(TensorRtFindings.of(ASKED, unknown, List.of(H100), false), "TensorRT").level());
    }

    @Test
    void namesAMissingBuilderResource() {
        var without = new Libraries("10.6-1.5.11", "10.6.0", "13.0", "13.0", Set.of());
        Finding finding = finding(TensorRtFindings.of(Demand.NONE, without, List.of(H100), false), "builder resource");
        assertEquals(Level.NOTE, finding.level());
        assertEquals("install TensorRT 10.6.0 whole, or build where it is", finding.remedy());
    }

    @Test
    void comparesTheBackboneWithFreeMemory() {
        var free = new Gpu(0, "GPU", new Version(9, 0), 8_000_000_000L, 7_000_000_000L);
        assertEquals(Finding.ok("GPU 0 memory", "7.0 GB of 8.0 GB free; the backbone takes about 6.0 GB"),
            finding(TensorRtFindings.of(ASKED, LIBRARIES, List.of(free), false), "GPU 0 memory"));
        var busy = new Gpu(0, "GPU", new Version(9, 0), 8_000_000_000L, 1_000_000_000L);
        assertEquals(Level.NOTE, finding(TensorRtFindings.of(ASKED, LIBRARIES, List.of(busy), false), "GPU 0 memory").level());
        var small = new Gpu(0, "GPU", new Version(9, 0), 4_000_000_000L, 3_900_000_000L);
        assertEquals(Finding.problem("GPU 0 memory", "3.9 GB of 4.0 GB free", "6.0 GB for the backbone of sdxl-1.0: weights 5.0 GB, a step about 1.0 GB",
            "end other programs on the GPU, or quantize"), finding(TensorRtFindings.of(ASKED, LIBRARIES, List.of(small), false), "GPU 0 memory"));
    }

    @Test
    void aJetsonIsRefused() {
        assertEquals(Level.PROBLEM, finding(TensorRtFindings.without(ASKED, "10.6-1.5.11", true), "Jetson").level());
        assertTrue(finding(TensorRtFindings.of(Demand.NONE, LIBRARIES, List.of(H100), true), "GPU 0").found().contains("runs FP16; no INT8"));
    }

    @Test
    void theSourceSaysWhyThereIsNoEngineHere() {
        Assumptions.assumeTrue(Natives.missing().isPresent(), "TensorRT is here: its absence is not tested");
        var source = new TensorRtSource();
        assertEquals(List.of(new Absence("engine", "tensorrt", Natives.missing().orElseThrow())), source.absent());
        assertEquals(List.of(Finding.ok("TensorRT", "classes 10.6-1.5.11; no library is loaded, see engine tensorrt")), source.examine(ASKED));
        assertEquals(Map.of(), source.facts());
    }
}
