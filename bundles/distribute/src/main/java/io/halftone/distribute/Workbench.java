package io.halftone.distribute;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Opens work that another process describes, over what this machine has. A service. Safe for use by several threads. */
@ProviderType
public interface Workbench {
    /**
     * Opens work, if its results would have the same bytes here: same plugins, same pipeline, same runtime and device. Loads
     * libraries, and reads the headers of weights.
     *
     * @param description as in {@link Work#description}
     * @param devices     what to compute on, a worker on each: {@code cpu}, {@code cuda:0} ...; empty for the configured device
     * @throws RefusalException         naming everything that differs
     * @throws IllegalArgumentException if it is no description of this version
     */
    OpenWork open(String description, List<String> devices) throws IOException;

    /** What {@link #open} with these devices would compute on, one line a device: what it is called and its runtime. May load libraries. */
    List<String> devices(List<String> devices);
}
