package io.halftone.api;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a bundle knows of the machine: its libraries, devices and settings. It is there even where what the bundle is for is
 * not, and says why. Examining takes a fraction of a second, and changes nothing. Safe for use by several threads.
 */
@ConsumerType
public interface DiagnosticSource {
    /** What is found, in the order in which it is read. A {@link Finding.Level#PROBLEM} is what keeps the demand from being met. */
    List<Finding> examine(Demand demand);

    /** The bundle's plugins that cannot be had here; empty where all are there. */
    default List<Absence> absent() {
        return List.of();
    }

    /** Versions and hardware by name, for the stamp of a measurement: {@code libtorch}, {@code GPU 0} ... */
    default Map<String, String> facts() {
        return Map.of();
    }
}
