package io.halftone.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.ops.EagerRuntime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredRuntimeTest {
    private static final Demand NONE = new Demand("", "", 0, 0, 0);

    private final ConfiguredRuntime runtime = new ConfiguredRuntime(Map.of("threads", "3", "device", "cpu", "service.pid", "io.halftone.torch"));

    @Test
    void takesTextFromAFileAndTypedValues() {
        assertEquals("libtorch (not loaded yet), CPU, threads: 3", runtime.description());
        runtime.modified(Map.of("threads", 2, "device", "auto"));
        assertEquals("libtorch (not loaded yet), device auto, threads: 2", runtime.description());
        runtime.modified(Map.of("device", " "));
        assertEquals("libtorch (not loaded yet), device auto, threads: " + Runtime.getRuntime().availableProcessors(), runtime.description());
    }

    @Test
    void whatAJobTookKeepsItsSettings() {
        EagerRuntime taken = runtime.on("");
        runtime.modified(Map.of("threads", "1", "device", "cpu"));
        assertEquals("libtorch (not loaded yet), CPU, threads: 3", taken.description());
        assertEquals("libtorch (not loaded yet), CPU, threads: 1", runtime.on("cpu").description());
    }

    @Test
    void aRefusedConfigurationLeavesTheFormerOneAndRefusesNewJobs() {
        runtime.modified(Map.of("threads", "1", "device", "tpu"));
        String line = "io.halftone.torch: device: found tpu; expected cpu, cuda, cuda:1 ... or auto";
        assertEquals("libtorch (not loaded yet), CPU, threads: 3", runtime.description());
        assertEquals(line, assertThrows(IllegalArgumentException.class, () -> runtime.on("")).getMessage());
        assertEquals(line, assertThrows(IllegalArgumentException.class, () -> runtime.on("cpu")).getMessage());
        assertEquals(List.of(Finding.problem("configuration", "io.halftone.torch: device: found tpu", "cpu, cuda, cuda:1 ... or auto",
            "mend it in etc/io.halftone.torch.cfg; new jobs are refused until then, and those that run keep their settings")), runtime.examine(NONE));

        runtime.modified(Map.of("threads", "1"));
        assertEquals("libtorch (not loaded yet), device auto, threads: 1", runtime.on("").description());
        assertEquals(List.of(), runtime.examine(NONE));
    }

    @Test
    void aRefusedConfigurationAtTheStartLeavesTheUsualOne() {
        var refused = new ConfiguredRuntime(Map.of("threads", "-1"));
        assertEquals("io.halftone.torch: threads: found -1; expected >= 0",
            assertThrows(IllegalArgumentException.class, () -> refused.on("")).getMessage());
        assertEquals("libtorch (not loaded yet), device auto, threads: " + Runtime.getRuntime().availableProcessors(), refused.description());
    }

    @Test
    void refusesWhatIsNoNumberAndKeysThatMeanNothing() {
        assertEquals("io.halftone.torch: residentWeights: found much; expected a whole number >= 0", refusal(Map.of("residentWeights", "much")));
        assertEquals("io.halftone.torch: found thread; expected one of device, graphs, residentWeights, threads", refusal(Map.of("thread", "2")));
    }

    private String refusal(Map<String, Object> properties) {
        runtime.modified(properties);
        return assertThrows(IllegalArgumentException.class, () -> runtime.on("")).getMessage();
    }
}
