package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Diagnosis;
import io.halftone.api.Finding;
import io.halftone.api.Job.State;
import io.halftone.api.ProgressListener.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.junit.jupiter.api.Test;

/** Where bars and colours are wanted. */
class PlaceTest {
    private static final String ESCAPE = "\u001b";

    private static Session session(String terminal, Map<String, String> variables) {
        Terminal its = terminal == null ? null : (Terminal) Proxy.newProxyInstance(PlaceTest.class.getClassLoader(), new Class<?>[] {Terminal.class},
            (proxy, method, arguments) -> method.getName().equals("getType") ? terminal : method.getName().equals("getWidth") ? (Object) 120 : null);
        return (Session) Proxy.newProxyInstance(PlaceTest.class.getClassLoader(), new Class<?>[] {Session.class},
            (proxy, method, arguments) -> method.getName().equals("getTerminal") ? its
                : method.getName().equals("get") ? variables.get((String) arguments[0]) : null);
    }

    @Test
    void aTerminalHasColoursAndAWidth() {
        Place place = Place.of(session("xterm-256color", Map.of()));
        assertEquals(System.getenv("NO_COLOR") == null, place.isColoured());
        assertEquals(120, place.columns());
        assertFalse(place.isInBackground());
    }

    @Test
    void noTerminalHasNeither() {
        for (String terminal : new String[] {null, "dumb", "dumb-color"}) {
            assertFalse(Place.of(session(terminal, Map.of())).isColoured());
            assertEquals(0, Place.of(session(terminal, Map.of())).columns());
        }
    }

    @Test
    void aUserMayWantNoColours() {
        assertFalse(Place.of(session("xterm", Map.of("NO_COLOR", "1"))).isColoured());
    }

    @Test
    void findingsAndStatesAreColouredForATerminalAlone() {
        var diagnosis = new Diagnosis(List.of(Finding.ok("Java", "17"), Finding.note("GPU", "none", "", ""), Finding.problem("memory", "1 MB", "", "")));
        String plain = text(DoctorReport.of(diagnosis, Colours.NONE));
        assertEquals("ok       Java    17\nnote     GPU     none\nproblem  memory  1 MB\n", plain);
        String coloured = text(DoctorReport.of(diagnosis, Colours.ANSI));
        assertEquals(plain, coloured.replaceAll(ESCAPE + "\\[\\d+m", ""));
        assertTrue(coloured.contains(ESCAPE + "[31mproblem" + ESCAPE + "[39m  memory"), coloured);

        var jobs = List.of(JobCommandsTest.job("a-1", State.FAILED), JobCommandsTest.job("b-2", State.RUNNING));
        plain = text(JobsReport.of(jobs, Colours.NONE));
        coloured = text(JobsReport.of(jobs, Colours.ANSI));
        assertFalse(plain.contains(ESCAPE));
        assertTrue(coloured.contains(ESCAPE + "[31mfailed"), coloured);
        assertEquals(plain, coloured.replaceAll(ESCAPE + "\\[\\d+m", ""), "and the columns are as wide");
    }

    @Test
    void aCommandInTheBackgroundShowsNoProgress() {
        List<Progress> shown = new ArrayList<>();
        ProgressView view = new ProgressView() {
            @Override
            public void show(Progress progress) {
                shown.add(progress);
            }

            @Override
            public void end(boolean done) {
                shown.add(Progress.NONE);
            }
        };
        var background = new boolean[] {true};
        var foreground = new ForegroundView(view, () -> background[0]);
        foreground.show(new Progress("calibrate", 1, 8, "step"));
        foreground.end(true);
        assertEquals(List.of(), shown);
        background[0] = false;
        foreground.show(new Progress("calibrate", 2, 8, "step"));
        foreground.end(true);
        assertEquals(List.of(new Progress("calibrate", 2, 8, "step"), Progress.NONE), shown);
    }

    private static String text(Report report) {
        var bytes = new ByteArrayOutputStream();
        report.text().accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
