package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.DoctorRequest;
import io.halftone.api.Finding;
import io.halftone.api.JobException;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private final Console console = new Console(Path.of("/data"));

    private void findings() {
        console.halftone.findings = List.of(Finding.ok("Java", "17"), Finding.note("processor", "no VNNI", "VNNI", ""),
            Finding.problem("memory", "1 GB", "2 GB", "end other programs"));
    }

    @Test
    void looksAtTheMachineAlone() throws Exception {
        console.run(new DoctorCommand());
        assertEquals(DoctorRequest.machine(), console.request(DoctorRequest.class));
    }

    @Test
    void passesOnWhatIsToRun() throws Exception {
        console.run(new DoctorCommand(), "--path", "sdxl", "--model", "sdxl-1.0", "--model-dtype", "Half", "--engine", "tensorrt");
        assertEquals(new DoctorRequest("/data/sdxl", "sdxl-1.0", DType.FLOAT16, "tensorrt"), console.request(DoctorRequest.class));
    }

    @Test
    void printsAlignedLines() throws Exception {
        findings();
        assertEquals(List.of(
            "ok       Java       17",
            "note     processor  no VNNI",
            "                    expected: VNNI",
            "problem  memory     1 GB",
            "                    expected: 2 GB",
            "                    to do: end other programs"), console.run(new DoctorCommand()).lines().toList());
    }

    @Test
    void failsForAProblemOnlyWhereSomethingWasAskedFor() throws Exception {
        findings();
        console.run(new DoctorCommand());
        assertEquals("doctor: found 1 problem; expected none",
            assertThrows(JobException.class, () -> console.run(new DoctorCommand(), "--engine", "onnxruntime")).getMessage());
    }

    @Test
    void printsOneObject() throws Exception {
        findings();
        var json = console.json(new DoctorCommand());
        assertEquals(1, json.get("problems").intValue());
        assertEquals("note", json.get("findings").get(1).get("level").textValue());
        assertTrue(json.get("findings").get(0).get("remedy").isNull());
    }

    @Test
    void pluginsThatCannotBeHadAreListedWithTheReason() throws Exception {
        String text = console.run(new PluginsCommand());
        assertTrue(text.contains("not there     engine tensorrt: GPU: found no NVIDIA driver; expected one"), text);
        assertEquals("tensorrt", new Console(Path.of("/data")).json(new PluginsCommand()).get("absent").get(0).get("name").textValue());
    }
}
