package io.halftone.shell.internal;

import io.halftone.api.Halftone;
import io.halftone.api.JobInfo;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Completes the ids of jobs. */
abstract class JobIdCompleter implements Completer {
    /** Those that run. */
    @Service
    public static final class Running extends JobIdCompleter {
        public Running() {
            super(true);
        }
    }

    /** Those that run, and those that ended and are still known. */
    @Service
    public static final class Known extends JobIdCompleter {
        public Known() {
            super(false);
        }
    }

    @Reference
    Halftone halftone;

    private final boolean running;

    JobIdCompleter(boolean running) {
        this.running = running;
    }

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        List<String> ids = halftone.jobs().stream().filter(job -> job.isRunning() || !running).map(JobInfo::id).toList();
        return new StringsCompleter(ids).complete(session, line, candidates);
    }
}
