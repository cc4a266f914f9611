package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.ops.EagerRuntime;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A batch of a calibration has the same bytes wherever it runs, whatever number of threads the runtime there is set to. */
class OperationThreadsTest {
    /** A runtime whose operations have another number of threads, whatever is asked for where that is overruled. */
    private record Threads(EagerRuntime runtime, int threads, boolean overruled, List<Integer> asked) implements EagerRuntime {
        @Override
        public <R> R run(Task<R> task) throws IOException {
            return run(threads, task);
        }

        @Override
        public <R> R run(int its, Task<R> task) throws IOException {
            asked.add(its);
            return runtime.run(overruled ? threads : its, task);
        }

        @Override
        public String description() {
            return runtime.description();
        }
    }

    /** One batch, and what came of it. */
    private static final class Once implements UnitSource {
        private final Iterator<Unit> units = List.of(new Unit(0, "")).iterator();
        private byte[] result;

        @Override
        public Optional<Unit> next() {
            return units.hasNext() ? Optional.of(units.next()) : Optional.empty();
        }

        @Override
        public void finished(Unit unit, byte[] its) {
            result = its;
        }

        @Override
        public void progress(Unit unit, int done, int total) {
            // of no interest
        }
    }

    private static byte[] batch(EagerRuntime runtime) throws IOException {
        List<String> prompts = List.of("a large red circle on the left of a blue background", "a small green ring");
        var runs = new CalibrationSettings(prompts, "", 2, 2, 2, Double.NaN, 64, 64, 5);
        var settings = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "min-mean", 1, List.of());
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            List<Planned> plan = new Planner(settings, Chain.PLUGINS).plan(pipeline.scan(pipeline.spec().backbone()).layers());
            Calibration calibration = Calibration.of(pipeline, Chain.PLUGINS, plan, settings, runs, prompts, runtime.device());
            Once once = new Once();
            try (OpenWork work = calibration.open(Crew.member(List.of(runtime)), Monitor.silent())) {
                work.serve(0, once);
            }
            return once.result;
        }
    }

    @Test
    void aBatchComputesWithOneThreadWhateverTheRuntimeIsSetTo() throws IOException {
        List<Integer> asked = new ArrayList<>();
        byte[] expected = batch(new Threads(Chain.RUNTIME, 1, false, asked));
        assertArrayEquals(expected, batch(new Threads(Chain.RUNTIME, 3, false, asked)));
        assertEquals(List.of(1, 1), asked);
    }

    /** Bits depend on the number: what a user sets it to must not. Prints how many bytes differ where it is not fixed. */
    public static void main(String[] args) throws IOException {
        byte[] one = batch(Chain.RUNTIME);
        for (int threads = 1; threads <= 8; threads++) {
            byte[] its = batch(new Threads(Chain.RUNTIME, threads, true, new ArrayList<>()));
            System.out.println(threads + " threads: " + IntStream.range(0, one.length).filter(i -> one[i] != its[i]).count() + " of " + one.length + " bytes differ");
        }
        System.exit(0);
    }
}
