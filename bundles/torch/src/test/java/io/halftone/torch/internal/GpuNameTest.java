package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuNameTest {
    @TempDir
    private Path driver;

    private void gpu(String bus, String model) throws IOException {
        Files.writeString(Files.createDirectory(driver.resolve(bus)).resolve("information"), "Model: \t\t " + model + "\nIRQ:   \t\t 24\n");
    }

    @Test
    void isTheDriversWhereAllAreAlike() throws IOException {
        gpu("0000:04:00.0", "NVIDIA H100 80GB HBM3");
        gpu("0000:05:00.0", "NVIDIA H100 80GB HBM3");
        assertEquals(Optional.of("NVIDIA H100 80GB HBM3"), GpuName.of(driver, 1));
    }

    @Test
    void saysWhichDeviceWhereTheyDiffer() throws IOException {
        gpu("0000:04:00.0", "NVIDIA RTX 6000 Ada");
        gpu("0000:05:00.0", "NVIDIA H100 PCIe");
        assertEquals(Optional.of("NVIDIA H100 PCIe or NVIDIA RTX 6000 Ada, device 1"), GpuName.of(driver, 1));
    }

    @Test
    void isNotThereWithoutTheDriversFiles() {
        assertEquals(Optional.empty(), GpuName.of(driver, 0));
        assertEquals(Optional.empty(), GpuName.of(driver.resolve("none"), 0));
    }
}
