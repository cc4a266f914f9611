package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.shell.CommandCall;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;

/**
 * A command of the scope {@code halftone}. Its result goes to standard output, as text or as one JSON object; whatever else it has
 * to say goes to standard error. A caller's mistake is an {@link IllegalArgumentException}, a failed job a
 * {@link io.halftone.api.JobException}; whoever runs the command prints the message.
 */
abstract class HalftoneCommand implements Action {
    @Reference
    Halftone halftone;

    @Reference
    Session session;

    // Karaf's streams of the command's thread: pipes and redirections in the shell apply to them
    PrintStream out = System.out;
    PrintStream err = System.err;

    // where paths lie, and who hears of jobs: nobody but the session, unless a program runs the command
    CommandCall.Folders folders = new SessionFolders();
    Consumer<Job<?>> started = job -> { };

    @Option(name = "--json", description = "Print the result as one JSON object on standard output, and nothing else there")
    private boolean json;

    /** Does the work; everything after it is printing. */
    abstract Report report() throws Exception;

    /** Called once the result is printed: a command that fails because of what it found throws here. */
    void printed() throws Exception {
    }

    @Override
    public final Object execute() throws Exception {
        try {
            Report report = report();
            if (json) {
                print(report);
            } else {
                report.text().accept(out);
            }
            out.flush();
            printed();
            return null;
        } catch (Exception e) {
            if (place().isInBackground()) {
                err.println(name() + ": " + e.getMessage());   // the console is silent about how such a command ends
                err.flush();
            }
            throw e;
        }
    }

    /** Does the work, for a program: the result as one line of JSON. */
    final String json() throws Exception {
        json = true;
        String text = Json.text(report().values());
        printed();
        return text;
    }

    private String name() {
        return getClass().getAnnotation(Command.class).name();
    }

    /** Where what it prints goes to. */
    final Place place() {
        return Place.of(session);
    }

    /** For what is written as text. */
    final Colours colours() {
        return Colours.on(!json && place().isColoured());
    }

    private void print(Report report) throws IOException {
        out.println(Json.text(report.values()));
    }

    /** An absolute path; a relative one is taken from the session's current folder. Empty where the option was not given. */
    final String path(String option, String given) {
        if (given == null) {
            return "";
        }
        if (given.isBlank()) {
            throw new IllegalArgumentException(option + ": found an empty path; expected a file or folder");
        }
        try {
            return folders.resolve(option, given).toString();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(option + ": found " + given + "; expected a path (" + e.getReason() + ")", e);
        }
    }

    /** Relative paths begin where the session is. */
    private final class SessionFolders implements CommandCall.Folders {
        @Override
        public Path current() {
            return CurrentFolder.of(session);
        }

        @Override
        public Path resolve(String option, String given) {
            return current().resolve(given).normalize();
        }
    }
}
