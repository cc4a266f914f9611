package io.halftone.core.internal.task;

import io.halftone.api.BackboneChoice;
import io.halftone.api.Sampling;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.evaluate.EvaluationRun;
import io.halftone.core.internal.evaluate.OutcomeBytes;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Makes batches of pictures with one backbone; each batch is a unit of its number. The pipeline is somebody else's. */
final class OpenPictures implements OpenWork {
    private final Workplace work;
    private final OpenPipeline pipeline;
    private final Crew crew;
    private final Order order;
    private final Monitor monitor;

    /**
     * What is made.
     *
     * @param choice   the backbone
     * @param sampling of every picture; its seed gives way to each shot's
     * @param batches  pictures that are made together
     * @param threads  that an operation computes with
     */
    record Order(BackboneChoice choice, Sampling sampling, List<List<Shot>> batches, int threads) {
        Order {
            batches = List.copyOf(batches);
        }

        private Sampling first() {
            List<Shot> shots = batches.get(0);
            return new Sampling(shots.stream().map(shot -> sampling.prompts().get(shot.prompt())).toList(), sampling.negativePrompt(), sampling.steps(),
                sampling.guidanceScale(), sampling.height(), sampling.width(), shots.get(0).seed(), "", 1, sampling.tiled());
        }
    }

    OpenPictures(Workplace work, OpenPipeline pipeline, Crew crew, Order order, Monitor monitor) {
        this.work = work;
        this.pipeline = pipeline;
        this.crew = crew;
        this.order = order;
        this.monitor = monitor;
    }

    /** One for each device: its operations take all processors, or all of a GPU. */
    @Override
    public int workers() {
        return crew.runtimes().size();
    }

    @Override
    public void serve(int worker, UnitSource units) throws IOException {
        EagerRuntime runtime = crew.runtime(worker);
        Workplace its = new Workplace(work.plugins(), work.opener(), runtime, work.models(), work.engines());
        runtime.run(order.threads(), new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, monitor, order.sampling().tiled());
                try (Backbone<T> backbone = new BuiltEngines(its, monitor).open(order.choice(), parts,
                    () -> new PictureRun<>(parts, order.first(), monitor).inputShapes())) {
                    EvaluationRun<T> run = new EvaluationRun<>(parts, order.sampling(), monitor);
                    for (Optional<Unit> next = units.next(); next.isPresent(); next = units.next()) {
                        Unit unit = next.get();
                        EvaluationRun.Outcome outcome = run.run(order.batches().get(unit.id()), backbone,
                            (done, total) -> units.progress(unit, done, total));
                        units.finished(unit, OutcomeBytes.of(new OutcomeBytes.Made(outcome, backbone.description(), backbone.note(), backbone.recipe())));
                    }
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
