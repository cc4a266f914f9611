package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SupportTest {
    @TempDir
    Path root;

    private static Support support(String tensorRt, String capability) {
        return new Support(Version.of(tensorRt), Version.of(capability), false);
    }

    @ParameterizedTest
    @CsvSource({"10.6.0, 9.0, INT8 FP8", "10.6.0, 8.9, INT8 FP8", "10.6.0, 8.6, INT8", "10.6.0, 8.0, INT8", "10.6.0, 7.5, INT8", "10.6.0, 7.0, ''",
        "10.2.0, 9.0, INT8 FP8", "10.1.0, 9.0, INT8", "9.2.0, 8.9, INT8", "9.1.0, 8.9, ''", "10.8.0, 10.0, INT8 FP8 NVFP4", "10.8.0, 12.0, INT8 FP8 NVFP4",
        "10.7.0, 10.0, INT8 FP8", "11.0.0, 9.0, INT8 FP8", "10.12.0, 10.0, INT8 FP8 NVFP4 MXFP8", "10.15.1, 10.0, INT8 FP8 NVFP4 MXFP8"})
    void followsTheVersionAndTheCapability(String tensorRt, String capability, String expected) {
        assertEquals(expected, String.join(" ", support(tensorRt, capability).supported().stream().map(Precision::toString).toList()));
    }

    @Test
    void saysWhatIsMissing() {
        assertEquals(Optional.of("found TensorRT 9.1; expected 9.2 or later, which INT8 needs"), support("9.1.0", "8.9").refusal(Precision.INT8));
        assertEquals(Optional.of("found TensorRT 10.1; expected 10.2 or later, which FP8 needs"), support("10.1.0", "9.0").refusal(Precision.FP8));
        assertEquals(Optional.of("found compute capability 8.6; expected 8.9 (Ada or Hopper) or later, which FP8 needs"),
            support("10.6.0", "8.6").refusal(Precision.FP8));
        assertEquals(Optional.of("found compute capability 9.0; expected 10.0 (Blackwell) or later, which NVFP4 needs"),
            support("10.8.0", "9.0").refusal(Precision.NVFP4));
        assertEquals(Optional.of("found compute capability 7.0; expected 7.5 (Turing) or later, which INT8 needs"),
            support("10.6.0", "7.0").refusal(Precision.INT8));
        assertEquals(Optional.of("found TensorRT 10.8; expected 10.12 or later, which MXFP8 needs"), support("10.8.0", "10.0").refusal(Precision.MXFP8));
        assertEquals(Optional.empty(), support("10.6.0", "9.0").refusal(Precision.FP8));
    }

    @Test
    void refusesAJetsonWhateverItHas() {
        var jetson = new Support(new Version(10, 8), new Version(10, 1), true);
        assertEquals(List.of(), jetson.supported());
        assertEquals(Optional.of("found a Jetson; expected a GPU of its own in a PC or server: engines of quantized diffusion models are not built on "
            + "Tegra"), jetson.refusal(Precision.INT8));
    }

    @Test
    void knowsAJetsonByItsRelease() throws Exception {
        assertFalse(Support.isTegra(root));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/nv_tegra_release"), "# R36 (release), REVISION: 4.3");
        assertTrue(Support.isTegra(root));
    }

    @Test
    void comparesVersionsByNumber() {
        assertTrue(new Version(10, 15).isAtLeast(Version.of("10.8.0")));
        assertTrue(Version.of("12.0").isAtLeast(Version.of("8.9")));
        assertFalse(Version.of("8.9").isAtLeast(Version.of("8.10")));
        assertEquals(new Version(10, 6), Version.of("10.6-1.5.11"));
        assertEquals("version: found ten; expected one such as 10.6 or 10.6.0",
            assertThrows(IllegalArgumentException.class, () -> Version.of("ten")).getMessage());
    }
}
