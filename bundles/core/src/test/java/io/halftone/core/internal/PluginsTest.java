package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Absence;
import io.halftone.api.PluginInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class PluginsTest {
    private static final Plugins.Family<String> FORMATS = TestPipeline.family("format",
        Plugins.Plugin.of("first", "int8", "w8a8"), Plugins.Plugin.of("second", "fp8", "int8"));

    @Test
    void prefersTheFirstOfAName() {
        assertEquals("first", FORMATS.get("int8"));
        assertEquals("first", FORMATS.get("w8a8"));
        assertEquals("second", FORMATS.get("fp8"));
    }

    @Test
    void listsTheNamesWhereOneIsMissing() {
        assertTrue(FORMATS.has("fp8"));
        assertFalse(FORMATS.has("int4"));
        var e = assertThrows(IllegalArgumentException.class, () -> FORMATS.get("int4"));
        assertEquals("format int4: found none; expected one of [fp8, int8, w8a8]", e.getMessage());
        assertEquals("engine tensorrt: found none; expected one of []",
            assertThrows(IllegalArgumentException.class, () -> TestPipeline.family("engine").get("tensorrt")).getMessage());
    }

    @Test
    void saysWhyAnEngineThatIsInstalledCannotBeHad() {
        Plugins plugins = TestPipeline.plugins().lacking(List.of(new Absence("engine", "tensorrt", "GPU: found no device; expected one"),
            new Absence("runtime", "any", "found none; expected libtorch")));
        for (Plugins each : List.of(plugins, plugins.only(service -> true))) {
            assertEquals("engine tensorrt: GPU: found no device; expected one",
                assertThrows(IllegalArgumentException.class, () -> each.engines().get("tensorrt")).getMessage());
            assertEquals("engine any: found none; expected one of []",
                assertThrows(IllegalArgumentException.class, () -> each.engines().get("any")).getMessage());
        }
    }

    @Test
    void namesAreSortedAndStandOnce() {
        assertEquals(List.of("fp8", "int8", "w8a8"), FORMATS.names());
    }

    @Test
    void describesAllByKind() {
        assertEquals(List.of(new PluginInfo("model-adapter", List.of("TestUNet"), "", ""), new PluginInfo("pipeline", List.of("TestPipeline"), "", ""),
            new PluginInfo("scheduler", List.of("TestScheduler"), "", "")), TestPipeline.plugins().infos());
    }
}
