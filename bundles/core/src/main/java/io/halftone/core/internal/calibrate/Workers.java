package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.Device;
import io.halftone.ops.Parameters;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** How many runs of the denoising loop go on at a time. */
public final class Workers {
    /** Weights may take this part of the machine's memory; what runs takes the rest. */
    private static final double PART_FOR_WEIGHTS = 0.5;

    private Workers() {}

    /**
     * The number asked for; or else one for each processor, as long as each one's copy of the weights fits into memory, and one
     * alone on a GPU, which does the work of several one after the other.
     */
    public static int of(int asked, OpenPipeline pipeline, Device device) {
        if (asked > 0) {
            return asked;
        }
        if (!device.isHost()) {
            return 1;
        }
        long weights = 1;
        for (String component : pipeline.spec().components()) {
            Parameters parameters = pipeline.parameters(component);
            for (String name : parameters.names()) {
                Parameters.Info info = parameters.info(name);
                weights += info.byteLength() / info.dtype().bytes() * pipeline.computeType(component).bytes();
            }
        }
        long fit = (long) (memory() * PART_FOR_WEIGHTS / weights);
        return (int) Math.max(1, Math.min(fit, Runtime.getRuntime().availableProcessors()));
    }

    private static long memory() {
        try {
            Object bytes = ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "TotalMemorySize");
            return (Long) bytes;
        } catch (JMException e) {
            return Runtime.getRuntime().maxMemory();   // a virtual machine that does not tell
        }
    }
}
