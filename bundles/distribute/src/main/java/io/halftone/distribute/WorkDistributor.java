package io.halftone.distribute;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Has units of work run, on this machine or on others. Found by its service property {@code halftone.named}: {@code in-process}
 * ...; a job takes the one that the user names. Safe for use by several threads: jobs run at a time.
 */
@ConsumerType
public interface WorkDistributor {
    /**
     * Begins with work. From now on, others may open it too.
     *
     * @param work what it is
     * @param here the same, open on this machine. It is closed by the caller, once the session is
     * @throws IOException if there is no way to others; the message says why
     */
    WorkSession begin(Work work, OpenWork here) throws IOException;
}
