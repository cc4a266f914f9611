package io.halftone.core.internal.distribute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.Job;
import io.halftone.api.ProgressListener;
import io.halftone.core.internal.job.JobRunner;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void aUnitThatRunsTwiceCountsOnce() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        ProgressListener listener = progress -> told.add(progress.stage() + " " + progress.done() + "/" + progress.total() + " " + progress.unit());
        Job<Integer> job = new JobRunner().start("calibrate", listener, monitor -> {
            Tally tally = new Tally(monitor, "calibrate", "step", 1, 3);
            tally.progress(1, 1, 2);
            tally.progress(2, 1, 2);
            tally.progress(1, 1, 2);   // begins anew elsewhere
            tally.progress(1, 2, 2);
            tally.progress(2, 2, 2);
            return 0;
        });
        job.await();
        assertEquals(List.of("calibrate 3/6 step", "calibrate 4/6 step", "calibrate 4/6 step", "calibrate 5/6 step", "calibrate 6/6 step"), told);
    }
}
