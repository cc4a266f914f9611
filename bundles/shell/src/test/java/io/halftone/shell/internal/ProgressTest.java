package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.ProgressListener.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long nanos;

    private void at(ProgressView view, double seconds, String stage, long done, long total, String unit) {
        nanos = (long) (seconds * 1e9);
        view.show(new Progress(stage, done, total, unit));
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    /** What the line shows after each drawing, without the spaces that wipe an earlier one. */
    private List<String> drawings() {
        return Arrays.stream(text().split("[\r\n]+")).map(String::stripTrailing).filter(line -> !line.isEmpty()).toList();
    }

    @Test
    void drawsABarWithRateAndRemainingTime() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        at(bar, 0, "calibrate", 0, 20, "step");
        at(bar, 2, "calibrate", 8, 20, "step");
        at(bar, 5, "calibrate", 20, 20, "step");

        assertEquals(List.of(
            "calibrate [                              ]   0%",
            "calibrate [############                  ]  40%  4.0 step/s  ETA 0:03",
            "calibrate [##############################] 100%  4.0 step/s  in 0:05"), drawings());
    }

    @Test
    void breaksTheLineOnlyWhereAStageEnds() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        at(bar, 0, "export", 0, 2, "tensor");
        at(bar, 1, "export", 1, 2, "tensor");
        assertEquals(-1, text().indexOf('\n'));
        at(bar, 2, "export", 2, 2, "tensor");

        assertTrue(text().stripTrailing().endsWith("in 0:02"), text());
        assertEquals(text().length() - 1, text().indexOf('\n'));
    }

    @Test
    void wipesTheRestOfALongerLine() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        at(bar, 0, "load", 0, 0, "tensor");
        at(bar, 1, "load", 1000, 0, "tensor");
        at(bar, 2, "load", 1001, 0, "tensor");
        at(bar, 3000, "load", 1002, 0, "tensor");

        String last = text().substring(text().lastIndexOf('\r') + 1);
        assertEquals("load 1002 tensor  3.0 s/tensor", last.stripTrailing());
        assertEquals("load 1001 tensor  500.5 tensor/s".length(), last.length());
    }

    @Test
    void staysWithinANarrowTerminal() {
        var bar = new ProgressBar(out, 40, () -> nanos);
        at(bar, 0, "calibrate", 0, 20, "step");
        at(bar, 2, "calibrate", 8, 20, "step");

        assertTrue(Arrays.stream(text().split("\r")).allMatch(line -> line.length() < 40), text());
        assertTrue(text().contains("40%"), text());
    }

    @Test
    void drawsAtMostTenTimesASecond() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        for (int i = 0; i < 1000; i++) {
            at(bar, i / 1000.0, "calibrate", i, 1000, "step");
        }

        assertEquals(10, drawings().size());
    }

    @Test
    void keepsTheLineOfAStageThatFailed() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        at(bar, 0, "calibrate", 0, 20, "step");
        at(bar, 2, "calibrate", 8, 20, "step");
        bar.end(false);

        assertEquals("calibrate [############                  ]  40%  4.0 step/s", drawings().get(2));
        assertTrue(text().endsWith("\n"), text());
    }

    @Test
    void givesEachStageItsLine() {
        var bar = new ProgressBar(out, 80, () -> nanos);
        at(bar, 0, "load", 0, 0, "tensor");
        at(bar, 3, "calibrate", 0, 4, "step");
        at(bar, 4, "calibrate", 4, 4, "step");

        assertEquals(2, text().chars().filter(c -> c == '\n').count());
        assertTrue(text().startsWith("\rload\rload  in 0:03\n\rcalibrate ["), text());
    }

    @Test
    void writesALineAtEachTenthWithoutATerminal() {
        var lines = new ProgressLines(out, () -> nanos);
        for (int i = 0; i <= 40; i++) {
            at(lines, i / 2.0, "calibrate", i, 40, "step");
        }

        List<String> written = text().lines().toList();
        assertEquals(11, written.size());
        assertEquals("calibrate: 0 of 40 step", written.get(0));
        assertEquals("calibrate: 10 %, 4 of 40 step, 2.0 step/s, ETA 0:18", written.get(1));
        assertEquals("calibrate: done in 0:20, 2.0 step/s", written.get(10));
    }

    @Test
    void saysWhereAStageWithoutATotalBeginsAndEnds() {
        var lines = new ProgressLines(out, () -> nanos);
        at(lines, 0, "load", 0, 0, "tensor");
        at(lines, 1, "load", 10, 0, "tensor");
        nanos = 4_000_000_000L;
        lines.end(true);

        assertEquals("load: begins\nload: done in 0:04, 10.0 tensor/s\n", text());
    }

    @Test
    void saysNoEndOfAStageThatFailed() {
        var lines = new ProgressLines(out, () -> nanos);
        at(lines, 0, "calibrate", 0, 40, "step");
        lines.end(false);

        assertEquals("calibrate: 0 of 40 step\n", text());
    }

    @Test
    void writesHoursWhereThereAreSome() {
        var pace = new Pace(() -> nanos);
        pace.begins(new Progress("calibrate", 0, 2561, "step"));
        nanos = 10_000_000_000L;
        pace.begins(new Progress("calibrate", 5, 2561, "step"));

        assertEquals("0.5 step/s", pace.rate());
        assertEquals("1:25:12", pace.remaining());
    }

    @Test
    void writesTheTimeOfAStepWhereItIsLong() {
        var pace = new Pace(() -> nanos);
        pace.begins(new Progress("calibrate", 0, 20, "step"));
        nanos = 42_000_000_000L;
        pace.begins(new Progress("calibrate", 10, 20, "step"));

        assertEquals("4.2 s/step", pace.rate());
    }
}
