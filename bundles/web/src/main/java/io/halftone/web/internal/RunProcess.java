package io.halftone.web.internal;

import java.time.Instant;
import java.util.Optional;

/**
 * Which process of this machine a run belongs to, as its record has it: several may use one folder of runs. A number alone would be another
 * process's one day, so it goes with the time at which the process began.
 */
final class RunProcess {
    static final String KEY = "process";

    private RunProcess() {}

    /** This process. */
    static String current() {
        return text(ProcessHandle.current());
    }

    /** Whether the process that a record names is there; one that names none has none. */
    static boolean lives(String recorded) {
        try {
            Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(recorded.split(" ", 2)[0]));
            return process.isPresent() && process.get().isAlive() && text(process.get()).equals(recorded);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String text(ProcessHandle process) {
        return process.pid() + " " + process.info().startInstant().map(Instant::toString).orElse("");
    }
}
