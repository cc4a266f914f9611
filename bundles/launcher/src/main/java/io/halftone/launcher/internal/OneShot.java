package io.halftone.launcher.internal;

import io.halftone.launcher.Handover;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs the command line that was handed over, in a thread of its own, and ends the process. Its bundle starts last, so that every
 * command is there. Does nothing in a container that was handed no command line.
 */
@Component(service = {}, immediate = true)   // nobody asks for it: running the command is what this process is for
public final class OneShot {
    private static final long STOP_LIMIT_SECONDS = 8;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread thread;

    @Activate
    public OneShot(@Reference SessionFactory sessions) {
        String line = System.getProperty(Handover.ARGUMENTS);
        thread = new Thread(() -> run(sessions, List.of(Handover.arguments(line))), "halftone");
        if (line != null) {
            System.setProperty(Handover.BEGUN, "true");
            thread.start();
        } else {
            finished.countDown();
        }
    }

    private void run(SessionFactory sessions, List<String> arguments) {
        // the process's own streams: while the container starts, System.out writes to a log
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int status = CommandLine.FAILED;
        try (Session session = sessions.create(new FileInputStream(FileDescriptor.in), out, err)) {
            System.setOut(out);
            System.setErr(err);
            status = new CommandLine(sessions.getRegistry(), out, err).run(session, arguments);
        } finally {
            finished.countDown();
            System.exit(status);   // whatever happened, the process ends
        }
    }

    /** Interrupts the command and waits until it has put its work away; for that the other bundles must still be there. */
    @Deactivate
    void stop() throws InterruptedException {
        thread.interrupt();
        finished.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
