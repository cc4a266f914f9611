package io.halftone.core.internal.search;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The machine's memory. */
final class Memory {
    private Memory() {}

    /** In bytes. */
    static long total() {
        try {
            ObjectName machine = new ObjectName("java.lang:type=OperatingSystem");
            return (Long) ManagementFactory.getPlatformMBeanServer().getAttribute(machine, "TotalMemorySize");
        } catch (JMException e) {
            return Runtime.getRuntime().maxMemory();   // a virtual machine that does not tell
        }
    }
}
