package io.halftone.launcher.internal;

import io.halftone.launcher.Handover;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Registry;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one command of the scope {@code halftone} by its name, and turns what comes of it into an exit status. The command gets its
 * arguments as they are: no shell syntax is read into them.
 */
final class CommandLine {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int INTERRUPTED = 130;   // 128 and the number of SIGINT

    private static final Logger LOG = LoggerFactory.getLogger(CommandLine.class);
    private static final String SCOPE = "halftone";
    private static final long PATIENCE_MILLIS = 10_000;
    private static final long POLL_MILLIS = 20;

    private final Registry registry;
    private final PrintStream out;
    private final PrintStream err;

    CommandLine(Registry registry, PrintStream out, PrintStream err) {
        this.registry = registry;
        this.out = out;
        this.err = err;
    }

    /** Runs {@code arguments.get(0)} with the rest, and returns the exit status. */
    int run(Session session, List<String> arguments) {
        List<Command> commands = commands();
        if (commands.isEmpty()) {
            return fail(FAILED, "start: found no command; expected those of the bundle io.halftone.shell" + log());
        }
        if (arguments.isEmpty()) {
            usage(commands, err);
            return WRONG_USAGE;
        }
        String name = arguments.get(0);
        if (name.equals("--help") || name.equals("-h") || name.equals("help") && arguments.size() == 1) {
            usage(commands, out);
            return DONE;
        }
        List<Object> rest = new ArrayList<>(arguments.subList(1, arguments.size()));
        if (name.equals("help")) {
            name = arguments.get(1);
            rest = List.of("--help");
        }
        Optional<Command> command = name.equals(Handover.WEB) ? await(name) : find(commands, name);
        return command.isPresent() ? run(session, command.get(), rest) : unknown(commands, name);
    }

    private List<Command> commands() {
        return registry.getCommands().stream().filter(command -> command.getScope().equals(SCOPE))
            .sorted(Comparator.comparing(Command::getName)).toList();
    }

    private static Optional<Command> find(List<Command> commands, String name) {
        String plain = name.startsWith(SCOPE + ":") ? name.substring(SCOPE.length() + 1) : name;
        return commands.stream().filter(command -> command.getName().equals(plain)).findFirst();
    }

    /** A command of a bundle that may start a little later than the others. */
    private Optional<Command> await(String name) {
        Optional<Command> command = find(commands(), name);
        for (long waited = 0; command.isEmpty() && waited < PATIENCE_MILLIS; waited += POLL_MILLIS) {
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            command = find(commands(), name);
        }
        return command;
    }

    private int unknown(List<Command> commands, String name) {
        String names = String.join(", ", commands.stream().map(Command::getName).toList());
        return fail(WRONG_USAGE, "command: found " + name + "; expected one of " + names);
    }

    private int run(Session session, Command command, List<Object> arguments) {
        try {
            if (arguments.contains("--help")) {
                out.print(help(session, command));
            } else {
                command.execute(session, arguments);
            }
            return DONE;
        } catch (CommandException | IllegalArgumentException e) {
            return fail(WRONG_USAGE, message(e));
        } catch (InterruptedException | CancellationException e) {
            return fail(INTERRUPTED, message(e));
        } catch (Throwable e) {   // an Error too must end the process with a line and a status
            LOG.error("{} failed", command.getName(), e);
            return fail(FAILED, message(e) + log());
        }
    }

    /** Karaf's help of a command, which it writes to System.out as for its console: in bold, and with the name as it is there. */
    private static String help(Session session, Command command) throws Exception {
        PrintStream usual = System.out;
        var text = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(text, true, StandardCharsets.UTF_8));
            command.execute(session, List.of("--help"));
        } finally {
            System.setOut(usual);
        }
        return text.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;]*m", "").replace(SCOPE + ":", SCOPE + " ");
    }

    private void usage(List<Command> commands, PrintStream to) {
        int width = commands.stream().mapToInt(command -> command.getName().length()).max().orElse(0);
        to.println("usage: halftone COMMAND [OPTION...]");
        to.println();
        for (Command command : commands) {
            to.printf("  %-" + width + "s  %s%n", command.getName(), command.getDescription());
        }
        to.println();
        to.println("halftone COMMAND --help tells a command's options, halftone console opens the Karaf console, halftone --version the version.");
        to.println("halftone web starts the web console and stays until Ctrl-C.");
        to.println("halftone install FILE.kar adds an archive such as halftone-cuda or halftone-tensorrt, halftone uninstall NAME takes it out.");
    }

    private int fail(int status, String message) {
        out.flush();
        err.println("halftone: " + PlainWords.of(message));
        return status;
    }

    /** The message, or the name of what has none. */
    private static String message(Throwable e) {
        String said = e.getMessage();
        return said == null || said.isBlank() ? e.getClass().getSimpleName() : said;
    }

    private static String log() {
        String log = System.getProperty(Handover.LOG);
        return log == null ? "" : " (log: " + log + ")";
    }
}
