package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.Optional;

/** Runs batches of a calibration; each is a unit of that number, its result what its sites saw. The pipeline is somebody else's. */
final class OpenCalibration implements OpenWork {
    private final CalibrationJob job;
    private final Crew crew;
    private final Monitor monitor;

    OpenCalibration(CalibrationJob job, Crew crew, Monitor monitor) {
        this.job = job;
        this.crew = crew;
        this.monitor = monitor;
    }

    @Override
    public int workers() {
        return crew.workers(job.pipeline());
    }

    @Override
    public void serve(int worker, UnitSource units) throws IOException {
        crew.runtime(worker).run(Calibrator.THREADS, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                BatchRun<T> batches = new BatchRun<>(new RunningPipeline<>(job.pipeline(), context, monitor), job, monitor);
                for (Optional<Unit> next = units.next(); next.isPresent(); next = units.next()) {
                    Unit unit = next.get();
                    if (unit.id() >= job.batches()) {
                        throw new IllegalArgumentException("unit: found " + unit.id() + "; expected a batch of " + job.batches());
                    }
                    int calls = job.calls();
                    units.finished(unit, StatisticsBytes.of(batches.observe(unit.id(), call -> units.progress(unit, call + 1, calls))));
                }
                return null;
            }
        });
    }

    @Override
    public void close() {
        // holds nothing of its own
    }
}
