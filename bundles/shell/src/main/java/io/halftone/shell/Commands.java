package io.halftone.shell;

import io.halftone.api.JobException;
import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The commands of the scope {@code halftone}, for programs that have options and no console. A call makes of its options what the
 * console makes of them, so that both begin the same jobs. Safe for use by several threads.
 */
@ProviderType
public interface Commands {
    /** The commands that can be called, by name. */
    List<CommandInfo> commands();

    /**
     * Runs a command on the calling thread. One that begins a job waits for its end; a thread that is interrupted meanwhile cancels it.
     *
     * @return what the command prints with {@code --json}: one JSON object on one line
     * @throws IllegalArgumentException if there is no such command or option, or if the command refuses what it is given
     * @throws JobException             if its job fails
     * @throws java.util.concurrent.CancellationException if its job is cancelled by someone else
     */
    String run(CommandCall call) throws IOException, InterruptedException, JobException;
}
