package io.halftone.scheduler;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.fuzz.Contract;
import io.halftone.model.ModelConfig;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.ancestral.internal.AncestralScheduler;
import io.halftone.scheduler.ddim.internal.DdimScheduler;
import io.halftone.scheduler.dpm.internal.DpmScheduler;
import io.halftone.scheduler.euler.internal.EulerScheduler;
import io.halftone.scheduler.flowmatch.internal.FlowMatchScheduler;
import io.halftone.scheduler.pndm.internal.PndmScheduler;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Configurations of every scheduler, as far as the noise levels: absurd counts, wrong kinds, numbers that are none. */
public final class SchedulerFuzz {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Scheduler> SCHEDULERS = List.of(new EulerScheduler(), new AncestralScheduler(), new DdimScheduler(), new PndmScheduler(),
        new DpmScheduler(), new FlowMatchScheduler());
    private static final Scheduler.Run RUN = new Scheduler.Run(4, 1024, false);

    private SchedulerFuzz() {
    }

    /** One input: the first byte chooses the scheduler, the rest is the configuration. */
    public static void fuzzerTestOneInput(byte[] data) {
        Map<?, ?> values;
        try {
            if (data.length == 0 || !(JSON.readValue(data, 1, data.length - 1, Object.class) instanceof Map<?, ?> map)) {
                return;
            }
            values = map;
        } catch (IOException e) {
            return;   // the reader of JSON has a target of its own
        }
        @SuppressWarnings("unchecked")
        ModelConfig config = ModelConfig.of("x", (Map<String, ?>) values);
        Scheduler scheduler = SCHEDULERS.get(Math.floorMod(data[0], SCHEDULERS.size()));
        Contract.check(() -> {
            Schedule schedule = scheduler.schedule(config, RUN);
            for (int call = 0; call < schedule.calls(); call++) {
                schedule.timestep(call);
                schedule.step(call);
            }
            schedule.sigmas();
        }, List.of(IllegalArgumentException.class));
    }
}
