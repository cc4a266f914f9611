package io.halftone.core.internal.distribute;

import io.halftone.api.PipelineSource;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Workers;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.WorkDistributor;
import io.halftone.ops.Device;
import io.halftone.ops.EagerRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * Who runs the units of a work.
 *
 * @param runtimes    one for each device of this machine that takes part
 * @param distributor has the units run, here or elsewhere
 * @param asked       workers that the user asked for here; 0 for as many as there is room for
 */
public record Crew(List<EagerRuntime> runtimes, WorkDistributor distributor, int asked) {
    public Crew {
        runtimes = List.copyOf(runtimes);
    }

    /**
     * On the devices that a source names, or else on the runtime's own.
     *
     * @throws IllegalArgumentException if one is not there, they are not all of one kind, or there is no such distributor
     */
    public static Crew of(EagerRuntime runtime, Plugins plugins, PipelineSource source, String distributor, int workers) {
        return new Crew(runtimes(runtime, List.of(source.device().split(",", -1))), plugins.distributors().get(distributor), workers);
    }

    /** On these devices, for whoever has a distributor elsewhere. */
    public static Crew member(List<EagerRuntime> runtimes) {
        return new Crew(runtimes, (work, here) -> {
            throw new IllegalStateException(work.kind() + ": found a member that would distribute; expected one that runs units alone");
        }, 0);
    }

    /**
     * The runtimes of devices.
     *
     * @throws IllegalArgumentException if one is not there, or they are not all of one kind
     */
    public static List<EagerRuntime> runtimes(EagerRuntime runtime, List<String> devices) {
        List<EagerRuntime> runtimes = new ArrayList<>();
        for (String device : devices) {
            runtimes.add(runtime.on(device.strip()));
        }
        if (runtimes.size() > 1) {
            Device first = runtimes.get(0).device();
            for (int i = 1; i < runtimes.size(); i++) {
                Device its = runtimes.get(i).device();
                if (!its.name().equals(first.name())) {
                    throw new IllegalArgumentException("device " + devices.get(i).strip() + ": found " + its.name() + "; expected " + first.name()
                        + ", as " + devices.get(0).strip() + " is: results of two kinds of devices differ in bits");
                }
            }
        }
        return runtimes;
    }

    /** The source with the first of its devices alone, for what is computed once. */
    public static PipelineSource first(PipelineSource source) {
        int comma = source.device().indexOf(',');
        return comma < 0 ? source : source.on(source.device().substring(0, comma).strip());
    }

    /** The runtime of what is computed once. */
    public EagerRuntime runtime() {
        return runtimes.get(0);
    }

    /** The runtime of a worker. */
    public EagerRuntime runtime(int worker) {
        return runtimes.get(worker % runtimes.size());
    }

    /** How many workers compute here at a time, each on one thread: one for each device where there are several. */
    public int workers(OpenPipeline pipeline) {
        return asked == 0 && runtimes.size() > 1 ? runtimes.size() : Workers.of(asked, pipeline, runtime().device());
    }
}
