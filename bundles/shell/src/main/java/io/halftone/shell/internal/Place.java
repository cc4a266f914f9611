package io.halftone.shell.internal;

import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.console.Session;

/** Where what a command prints goes to. */
final class Place {
    private static final int USUAL_COLUMNS = 80;
    private static final int OUT = 1;
    private static final int ERR = 2;

    private final Session session;
    private final Process process;

    private Place(Session session, Process process) {
        this.session = session;
        this.process = process;
    }

    /** That of the command that the calling thread runs. */
    static Place of(Session session) {
        return new Place(session, Process.Utils.current());
    }

    /** Whether the command was started with {@code &}: the user is at the prompt meanwhile. */
    boolean isInBackground() {
        return process != null && process.job() != null && process.job().status() == Job.Status.Background;
    }

    /** Whether results may be coloured: standard output is a terminal, and nobody has asked for none with {@code NO_COLOR}. */
    boolean isColoured() {
        return (isTerminal(OUT) || Boolean.getBoolean("halftone.colours")) && isUnset(System.getenv("NO_COLOR"))
            && isUnset(session.get("NO_COLOR"));
    }

    private static boolean isUnset(Object variable) {
        return variable == null || variable.toString().isEmpty();
    }

    /** The width of the terminal that standard error is; 0 where it is none. */
    int columns() {
        if (isTerminal(ERR)) {
            int width = session.getTerminal().getWidth();
            return width > 0 ? width : USUAL_COLUMNS;
        }
        return Boolean.getBoolean("halftone.terminal") ? Math.max(1, Integer.getInteger("halftone.columns", USUAL_COLUMNS)) : 0;
    }

    /** A stream of the session's terminal, and not a pipe or a file. */
    private boolean isTerminal(int stream) {
        var terminal = session.getTerminal();
        return terminal != null && !terminal.getType().startsWith("dumb") && (process == null || process.isTty(stream));
    }
}
