package io.halftone.core.internal.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.api.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSourceTest {
    private static final String MEMORY = "MemTotal:       16000000 kB\nMemFree:          100000 kB\nMemAvailable:    8000000 kB\n";

    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private Finding finding(String subject, Demand demand) {
        return new HostSource(root, root, 17).examine(demand).stream().filter(f -> f.subject().equals(subject)).findFirst().orElseThrow();
    }

    @Test
    void readsWhatIsAvailable() throws IOException {
        assertEquals(Optional.empty(), HostMemory.read(root));
        write("proc/meminfo", MEMORY);
        assertEquals(Optional.of(new HostMemory(16_384_000_000L, 8_192_000_000L)), HostMemory.read(root));
    }

    @Test
    void aContainersLimitCounts() throws IOException {
        write("proc/meminfo", MEMORY);
        write("sys/fs/cgroup/memory.max", "max\n");
        assertEquals(8_192_000_000L, HostMemory.read(root).orElseThrow().available());
        write("sys/fs/cgroup/memory.max", "4000000000\n");
        write("sys/fs/cgroup/memory.current", "3500000000\n");
        write("sys/fs/cgroup/memory.stat", "anon 100\ninactive_file 1500000000\n");
        assertEquals(Optional.of(new HostMemory(4_000_000_000L, 2_000_000_000L)), HostMemory.read(root));
    }

    @Test
    void comparesMemoryWithTheModel() throws IOException {
        write("proc/meminfo", MEMORY);
        assertEquals(Finding.ok("memory", "8.2 GB of 16.4 GB available"), finding("memory", Demand.NONE));
        var larger = new Demand("", "sdxl-1.0", 9_000_000_000L, 1_000_000_000L, 500_000_000L);
        assertEquals(Finding.note("memory", "8.2 GB of 16.4 GB available", "10.5 GB for sdxl-1.0: weights 10.0 GB, a step about 0.5 GB",
            "end other programs, choose a 16-bit --model-dtype, or take a machine with more"), finding("memory", larger));
        assertEquals(Level.PROBLEM, finding("memory", new Demand("", "flux-dev", 24_000_000_000L, 0, 0)).level());
        assertEquals(Level.NOTE, finding("memory", new Demand("tensorrt", "flux-dev", 24_000_000_000L, 0, 0)).level(), "the weights may be elsewhere");
    }

    @Test
    void readsTheDriversVersionWithoutItsLibraries() throws IOException {
        assertEquals(Optional.empty(), Driver.version(root));
        assertEquals("no NVIDIA driver: work is done on the processor", finding("driver", Demand.NONE).found());
        write("dev/dxg", "");
        assertEquals(Optional.of(Driver.UNKNOWN), Driver.version(root));
        write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version: 11.4.0\n");
        assertEquals(Optional.of("535.183.01"), Driver.version(root));
        write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build  (dvs-builder)\n");
        assertEquals("NVIDIA 580.82.07", finding("driver", Demand.NONE).found());
        write("proc/driver/nvidia/gpus/0000:04:00.0/information", "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 35\n");
        write("proc/driver/nvidia/gpus/0000:05:00.0/information", "IRQ:   \t\t 36\n");
        assertEquals("NVIDIA 580.82.07, NVIDIA H100 80GB HBM3, a GPU that cannot be read", finding("driver", Demand.NONE).found());
    }

    @Test
    void namesTheProcessor() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz\nmodel name\t: other\n");
        assertEquals("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", ProcessorFacts.read(root.resolve("proc/cpuinfo")).model());
        assertEquals(System.getProperty("os.arch"), ProcessorFacts.read(root.resolve("absent")).model());
        assertEquals("a, 1 core", new ProcessorFacts("a", 1).toString());
    }

    @Test
    void aJavaThatKarafDoesNotRunOnIsNoted() {
        assertEquals(Level.OK, finding("Java", Demand.NONE).level());
        Finding late = new HostSource(root, root, 25).examine(Demand.NONE).get(0);
        assertEquals("17 to 23, which Karaf 4.4 runs on", late.expected());
    }

    @Test
    void theTemporaryFolderMustBeThere() throws IOException {
        assertTrue(finding("temporary", Demand.NONE).found().startsWith(root + ", "));
        assertEquals(Level.NOTE, finding("temporary", new Demand("", "m", Long.MAX_VALUE / 2, 0, 0)).level());
        Path absent = root.resolve("absent");
        Finding missing = new HostSource(root, absent, 17).examine(Demand.NONE).stream().filter(f -> f.subject().equals("temporary")).findFirst()
            .orElseThrow();
        assertEquals(absent + ": no folder that can be written to", missing.found());
        assertEquals(Level.PROBLEM, missing.level());
    }

    @Test
    void stampsMeasurements() {
        var facts = new HostSource(root, root, 17).facts();
        assertTrue(facts.get("Halftone").matches("\\d+\\.\\d+\\.\\d+.*"), facts.toString());
        assertTrue(facts.get("JDK").startsWith(Runtime.version().toString()));
        assertFalse(facts.containsKey("driver"));
    }
}
