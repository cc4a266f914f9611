package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.api.Job.State;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.ProgressListener.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JobCommandsTest {
    private final Console console = new Console(Path.of("/data"));

    /** A job two steps into eight, after ten seconds of its stage. */
    static JobInfo job(String id, State state) {
        return new JobInfo(id, "quantize", "sdxl", state, false, Instant.parse("2026-01-02T03:04:05.678Z"), Duration.ofMillis(61_500),
            new Progress("calibrate", 2, 8, "step"), Duration.ofSeconds(10), state == State.FAILED ? "alpha: found 2; expected at most 1" : "");
    }

    @Test
    void listsWhatRunsWithItsPace() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.RUNNING));
        List<String> lines = console.run(new JobsCommand()).lines().toList();
        assertTrue(lines.get(2).matches("quantize-3 . sdxl  . running . calibrate . 2 of 8 step . 1:02 . 0:30 . \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d"),
            lines.get(2));
        assertFalse(lines.get(2).contains("\u001b"), "no terminal, so no colours");
    }

    @Test
    void listsTheLastThatEndedAndWhyTheyFailed() throws Exception {
        IntStream.range(1, 15).forEach(i -> console.halftone.jobs.add(job("quantize-" + i, State.FAILED)));
        console.halftone.jobs.add(0, job("export-0", State.RUNNING));
        String text = console.run(new JobsCommand());
        assertEquals(2 + 11 + 10, text.lines().count(), "a header, eleven jobs and ten failures: " + text);
        assertTrue(text.contains("export-0") && !text.contains("quantize-4 ") && text.contains("quantize-5 "));
        assertTrue(text.endsWith("quantize-14: alpha: found 2; expected at most 1\n"));
    }

    @Test
    void listsAllOrThoseThatRun() throws Exception {
        IntStream.range(1, 15).forEach(i -> console.halftone.jobs.add(job("quantize-" + i, State.DONE)));
        console.halftone.jobs.add(job("export-15", State.RUNNING));
        assertEquals(15, console.json(new JobsCommand(), "--all").get("jobs").size());
        var other = new Console(Path.of("/data"));
        other.halftone.jobs.addAll(console.halftone.jobs);
        assertEquals("export-15", other.json(new JobsCommand(), "--running").get("jobs").get(0).get("id").asText());
    }

    @Test
    void saysThatThereAreNone() throws Exception {
        assertTrue(console.run(new JobsCommand()).endsWith("no jobs\n"));
    }

    @Test
    void tellsEverythingOfOneJob() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.FAILED));
        JsonNode json = Console.parse(console.run(new JobsCommand(), "--json", "quantize-3"));
        assertEquals("{\"id\":\"quantize-3\",\"kind\":\"quantize\",\"subject\":\"sdxl\",\"state\":\"failed\",\"started\":\"2026-01-02T03:04:05.678Z\","
            + "\"ended\":\"2026-01-02T03:05:07.178Z\",\"seconds\":61.5,\"stage\":\"calibrate\",\"done\":2,\"total\":8,\"unit\":\"step\","
            + "\"stageSeconds\":10.0,\"remainingSeconds\":null,\"failure\":\"alpha: found 2; expected at most 1\"}", json.toString());
    }

    @Test
    void tellsOneJobInLines() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.RUNNING));
        String text = console.run(new JobsCommand(), "quantize-3");
        assertTrue(text.contains("state         running\n"), text);
        assertTrue(text.contains("stage         calibrate, 2 of 8 step, for 0:10, ETA 0:30\n"), text);
    }

    @Test
    void refusesAJobThatIsNotKnown() {
        console.halftone.jobs.add(job("quantize-3", State.RUNNING));
        for (HalftoneCommand command : List.of(new JobsCommand(), new JobCancelCommand(), new JobWatchCommand())) {
            assertEquals("job export-1: found none of that id; expected one of quantize-3",
                assertThrows(IllegalArgumentException.class, () -> console.run(command, "export-1")).getMessage());
        }
        assertEquals(List.of(), console.halftone.requests);
    }

    @Test
    void asksJobsToStop() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.RUNNING));
        console.halftone.jobs.add(job("quantize-4", State.DONE));
        assertEquals("quantize-3: cancelling\nquantize-4: done\n", console.run(new JobCancelCommand(), "quantize-3", "quantize-4"));
        assertEquals(List.of("cancel quantize-3", "cancel quantize-4"), console.halftone.requests);
    }

    @Test
    void waitsForTheEndOfWhatItCancelled() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.RUNNING));
        assertEquals("{\"jobs\":{\"quantize-3\":\"cancelled\"}}",
            Console.parse(console.run(new JobCancelCommand(), "--json", "--wait", "quantize-3")).toString());
    }

    @Test
    void watchesAJobToItsEnd() throws Exception {
        console.halftone.jobs.add(job("quantize-3", State.DONE));
        String text = console.run(new JobWatchCommand(), "quantize-3");
        assertTrue(text.contains("state         done\n"), text);
        assertEquals("calibrate: 2 of 8 step", console.errors().lines().findFirst().orElse("").replace("0 of 8", "2 of 8"));
    }

    @Test
    void endsInFailureWhereTheWatchedJobDoes() {
        console.halftone.jobs.add(job("quantize-3", State.FAILED));
        assertEquals("quantize-3: alpha: found 2; expected at most 1",
            assertThrows(JobException.class, () -> console.run(new JobWatchCommand(), "quantize-3")).getMessage());
        console.halftone.jobs.set(0, job("quantize-3", State.CANCELLED));
        assertEquals("quantize-3: cancelled", assertThrows(JobException.class, () -> console.run(new JobWatchCommand(), "quantize-3")).getMessage());
    }
}
