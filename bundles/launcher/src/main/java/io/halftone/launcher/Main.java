package io.halftone.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Runs one command in a container of its own: what {@code bin/halftone} starts. It leaves the arguments for the bundle of the same
 * name, starts Karaf, and sees to it that the process ends: with the command's exit status, or with a message if the container
 * does not get as far as the command.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final PrintStream ERR = System.err;   // the container has System.err write to a log
    private static final Duration USUAL_START_LIMIT = Duration.ofSeconds(90);

    private Main() { }

    /**
     * Ends the process by {@link System#exit}: 0 when the command succeeded, 1 when it failed, 2 when it was not used rightly.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.println(version());
            return;
        }
        Path home = Path.of(System.getProperty("halftone.home"));
        if (args.length > 0 && Installation.COMMANDS.contains(args[0])) {
            System.exit(change(new Installation(home), args));
        }
        try {
            RunFolder run = new DataFolder(home).run();
            Handover.leave(args);
            start(new Container(home, run), args.length > 0 && args[0].equals(Handover.WEB));
        } catch (IOException e) {
            fail(e.getMessage());
        }
    }

    /** Adds an archive to the distribution or takes one out: no container runs for that, so that it is whole at the next start. */
    private static int change(Installation distribution, String[] args) {
        boolean install = args[0].equals(Installation.INSTALL);
        if (args.length != 2 || args[1].startsWith("-")) {
            ERR.println("usage: halftone " + (install ? "install FILE.kar" : "uninstall NAME"));
            return WRONG_USAGE;
        }
        try {
            (install ? distribution.install(Path.of(args[1])) : distribution.uninstall(args[1])).forEach(System.out::println);
            return 0;
        } catch (IllegalArgumentException e) {
            ERR.println("halftone: " + e.getMessage());
            return WRONG_USAGE;
        } catch (IOException e) {
            ERR.println("halftone: " + args[0] + ": found " + e + "; expected to write into the distribution");
            return FAILED;
        }
    }

    private static void start(Container container, boolean web) {
        Duration limit = startLimit();
        try {
            container.launch();
            if (web) {
                container.add("web.properties");
            }
            container.awaitCommand(limit).ifPresent(trouble -> fail("start: " + trouble + container.logs()));
            container.sweep();
        } catch (Exception e) {
            fail("start: " + (e.getMessage() == null ? e : e.getMessage()) + container.logs());
        }
    }

    private static Duration startLimit() {
        String seconds = System.getenv("HALFTONE_START_SECONDS");
        try {
            return seconds == null ? USUAL_START_LIMIT : Duration.ofSeconds(Long.parseLong(seconds));
        } catch (NumberFormatException e) {
            throw fail("HALFTONE_START_SECONDS: found " + seconds + "; expected a number of seconds");
        }
    }

    private static String version() {
        Package own = Main.class.getPackage();
        return "halftone " + own.getImplementationVersion() + " (Java " + Runtime.version() + ")";
    }

    private static IllegalStateException fail(String message) {
        ERR.println("halftone: " + message);
        System.exit(FAILED);
        return new IllegalStateException(message);
    }
}
