package io.halftone.core.internal.search;

import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Takes measurements of a subject, each a unit, each on one thread, so that the bits are the same. Each worker loads the weights and encodes the
 * prompts once; what full precision gives is computed once for all workers of the process. The subject is somebody else's.
 */
final class OpenSearch implements OpenWork {
    private final Subject subject;
    private final List<Candidate> candidates;
    private final Crew crew;
    private final Monitor monitor;
    private final Map<Integer, FutureTask<SearchRun.Outcome>> references = new ConcurrentHashMap<>();

    OpenSearch(Subject subject, List<Candidate> candidates, Crew crew, Monitor monitor) {
        this.subject = subject;
        this.candidates = List.copyOf(candidates);
        this.crew = crew;
        this.monitor = monitor;
    }

    @Override
    public int workers() {
        return crew.workers(subject.pipeline());
    }

    @Override
    public void serve(int worker, UnitSource units) throws IOException {
        crew.runtime(worker).run(1, new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                SearchRun<T> run = new SearchRun<>(new RunningPipeline<>(subject.pipeline(), context, monitor), subject, monitor);
                for (Optional<Unit> next = units.next(); next.isPresent(); next = units.next()) {
                    Unit unit = next.get();
                    units.finished(unit, measure(run, Measurement.parse(unit.argument()), (done, total) -> units.progress(unit, done, total)));
                }
                return null;
            }
        });
    }

    private byte[] measure(SearchRun<?> run, Measurement what, SearchRun.Progress progress) {
        List<Candidate> mix = what.candidates().stream().map(candidates::get).toList();
        return switch (what.kind()) {
            case REFERENCE -> {
                reference(run, what.batch(), progress);
                yield new byte[0];
            }
            case COUNT -> Measurement.bytes(run.multiplications());
            case ERRORS -> {
                List<Double> errors = new ArrayList<>();
                for (int batch = 0; batch < subject.batches().size(); batch++) {
                    errors.addAll(reference(run, batch, progress).errors(run.run(batch, mix, false, progress)));
                }
                yield Measurement.bytes(errors);
            }
            case PSNR -> {
                SearchRun.Outcome expected = reference(run, what.batch(), progress);
                SearchRun.Outcome found = run.run(what.batch(), mix, true, progress);
                List<Double> psnr = new ArrayList<>();
                for (int p = 0; p < expected.pictures().size(); p++) {
                    psnr.add(ImageMetrics.psnr(expected.pictures().get(p), found.pictures().get(p)));
                }
                yield Measurement.bytes(psnr);
            }
        };
    }

    /** What full precision gives: whoever needs it first computes it, the others wait. */
    private SearchRun.Outcome reference(SearchRun<?> run, int batch, SearchRun.Progress progress) {
        FutureTask<SearchRun.Outcome> own = new FutureTask<>(() -> run.run(batch, List.of(), true, progress));
        FutureTask<SearchRun.Outcome> there = references.putIfAbsent(batch, own);
        if (there == null) {
            own.run();   // on this thread, whose tensors it takes
            there = own;
        }
        try {
            return there.get();
        } catch (ExecutionException e) {
            references.remove(batch, there);
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            } else if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    @Override
    public void close() {
        // holds nothing of its own
    }
}
