package io.halftone.onnxruntime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeSourceTest {
    @TempDir
    Path folder;

    private List<String> instructions(String flags) throws Exception {
        Path file = Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t\t:\n");
        return List.copyOf(Processor.instructions(file));
    }

    @Test
    void namesTheInstructionsThatMatter() throws Exception {
        assertEquals(List.of("AVX2", "AVX-512", "VNNI", "AMX"), instructions("fpu sse2 avx2 avx512f avx512_vnni amx_tile amx_int8 avx_vnni"));
        assertEquals(List.of("AVX2", "VNNI"), instructions("avx2 avx_vnni"));
        assertEquals(List.of(), instructions("fpu avx512_vnni_not_quite"));
        assertEquals(Set.of(), Processor.instructions(folder.resolve("absent")));
    }

    @Test
    void aProcessorWithoutVnniIsNoted() {
        assertEquals(Finding.ok("instructions", "VNNI"), OnnxRuntimeSource.instructions(Set.of("VNNI")));
        assertEquals(Finding.note("instructions", "AVX2", "VNNI, without which INT8 is hardly faster than float32",
            "run INT8 on a processor with VNNI"), OnnxRuntimeSource.instructions(Set.of("AVX2")));
        assertEquals("none of AVX2, AVX-512, VNNI, AMX", OnnxRuntimeSource.instructions(Set.of()).found());
    }

    @Test
    void saysTheVersionOfTheLibrary() {
        Finding library = new OnnxRuntimeSource().examine(Demand.NONE).get(0);
        assertEquals(Finding.Level.OK, library.level());
        assertEquals(library.found(), new OnnxRuntimeSource().facts().get("ONNX Runtime"));
        assertTrue(library.found().matches("\\d+\\.\\d+\\.\\d+"), library.found());
    }
}
