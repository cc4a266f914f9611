package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.api.Finding.Level;
import io.halftone.torch.internal.TorchFindings.Libraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchFindingsTest {
    private static final String VERSION = "2.10.0-1.5.13";

    @TempDir
    Path folder;

    private static Finding libtorch(List<String> versions, boolean cpu, boolean cuda) {
        return TorchFindings.libtorch(new Libraries(versions, "1.5.13", "linux-x86_64", cpu, cuda), false);
    }

    @Test
    void aGpuThatLibtorchDoesNotReachIsNoted() {
        var versions = List.of(VERSION, VERSION);
        assertEquals(Finding.note("libtorch", "2.10.0-1.5.13 for the CPU, classes and native libraries of one version",
            "those for CUDA, as there is an NVIDIA driver", "bin/halftone install halftone-cuda-VERSION.kar"),
            TorchFindings.libtorch(new Libraries(versions, "1.5.13", "linux-x86_64", true, false), true));
        assertEquals(Level.OK, TorchFindings.libtorch(new Libraries(versions, "1.5.13", "linux-x86_64", false, true), true).level());
    }

    @Test
    void saysWhichBuildItIs() {
        assertEquals(Finding.ok("libtorch", "2.10.0-1.5.13 for the CPU, classes and native libraries of one version"),
            libtorch(List.of(VERSION, VERSION), true, false));
        assertEquals(Finding.ok("libtorch", "2.10.0-1.5.13 for CUDA, classes and native libraries of one version"),
            libtorch(List.of(VERSION, VERSION), false, true));
    }

    @Test
    void nativeLibrariesMustBeThereOnce() {
        assertEquals(Finding.problem("libtorch", "classes 2.10.0-1.5.13, no native libraries for linux-x86_64", "those for the CPU or for CUDA",
            "install the feature halftone-bytedeco"), libtorch(List.of(VERSION), false, false));
        assertEquals(Finding.problem("libtorch", "2.10.0-1.5.13, native libraries for the CPU and for CUDA",
            "those for one of them: a process with both ends when they are loaded", "remove one of the two bundles of natives"),
            libtorch(List.of(VERSION, VERSION, VERSION), true, true));
    }

    @Test
    void classesAndNativesAreOfOneVersion() {
        assertEquals(Finding.problem("libtorch", "classes 2.10.0-1.5.13, native libraries 2.7.1-1.5.12 for the CPU", "both of one version",
            "remove the bundle of the version that is not wanted"), libtorch(List.of(VERSION, "2.7.1-1.5.12"), true, false));
        assertEquals(Level.NOTE, libtorch(List.of(VERSION), true, false).level());
        assertEquals(Finding.note("libtorch", "2.13.0-1.5.14 for the CPU, JavaCPP 1.5.13", "JavaCPP of the version in libtorch's", ""),
            libtorch(List.of("2.13.0-1.5.14", "2.13.0-1.5.14"), true, false));
    }

    @Test
    void threadsThatSpinAreNoted() {
        assertEquals(List.of(Finding.ok("threads", "OMP_WAIT_POLICY passive, 2 cores")), TorchFindings.threads(Map.of("OMP_WAIT_POLICY", "passive"), 2));
        assertEquals(List.of(Finding.note("threads", "OMP_WAIT_POLICY not set",
            "PASSIVE: threads that wait spin, and on busy cores a small operation takes many times as long",
            "export OMP_WAIT_POLICY=PASSIVE before the program starts")), TorchFindings.threads(Map.of("OMP_NUM_THREADS", "2"), 2));
        assertEquals("OMP_NUM_THREADS 8 on 2 cores",
            TorchFindings.threads(Map.of("OMP_WAIT_POLICY", "PASSIVE", "OMP_NUM_THREADS", "8"), 2).get(0).found());
    }

    @Test
    void aLimitOnResidentMemoryIsNoted() {
        assertEquals(Optional.empty(), TorchFindings.memoryLimit("0"));
        assertEquals("maxPhysicalBytes not set, which is four times the heap", TorchFindings.memoryLimit(null).orElseThrow().found());
        assertEquals("maxPhysicalBytes 4g", TorchFindings.memoryLimit("4g").orElseThrow().found());
    }

    @Test
    void nativesNeedAFolderThatIsThereOrCanBeMade() throws Exception {
        Path absent = folder.resolve("a/b/c");
        Finding found = TorchFindings.cache(absent, 1);
        assertTrue(found.found().startsWith(absent + ", ") && found.found().endsWith(" GB free"), found.found());
        assertFalse(Files.exists(absent), "looking changes nothing");
        Path file = Files.createFile(folder.resolve("file"));
        assertEquals(Finding.problem("natives", file.resolve("x") + ": no folder that can be written to", "one that native libraries can be unpacked to",
            "set HALFTONE_DATA, or -Dorg.bytedeco.javacpp.cachedir"), TorchFindings.cache(file.resolve("x"), 1));
    }

    @Test
    void nativesNeedRoomForCudaTwiceAsMuch() {
        assertEquals(500_000_000L, new Libraries(List.of(), "", "", true, false).unpacked());
        assertEquals(1_000_000_000L, new Libraries(List.of(), "", "", false, true).unpacked());
        Finding full = TorchFindings.cache(folder, Long.MAX_VALUE);
        assertEquals(Level.NOTE, full.level());
        assertEquals("9223372036.9 GB, which libtorch takes unpacked", full.expected());
    }

    /** The class path of the tests has the classes and natives for the CPU. */
    @Test
    void theSourceReadsTheVersionsOfClassesAndNatives() {
        Finding libtorch = new TorchSource().examine(Demand.NONE).get(0);
        assertNotEquals(Level.PROBLEM, libtorch.level(), libtorch.toString());
        assertTrue(libtorch.found().matches("2\\.\\d+\\.\\d+-1\\.5\\.\\d+ for the CPU, classes and native libraries of one version"), libtorch.found());
        assertTrue(new TorchSource().facts().get("libtorch").endsWith(" for the CPU"));
    }
}
