package io.halftone.core.internal.task;

import io.halftone.api.Sampling;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.core.internal.task.PartTimes.Part;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a pipeline from prompts to pixels and times its parts. The device is waited for at the end of every part, of every call of
 * the backbone and of every step: without that a part would be charged with what another one launched.
 */
final class BenchmarkRun<T> {
    private final RunningPipeline<T> parts;
    private final EagerOps<T> ops;
    private final Sampling sampling;
    private final PromptBatch batch;
    private final DenoisingLoop<T> loop;
    private final Shape shape;
    private final Schedule schedule;
    private final Map<String, String> shapes = new LinkedHashMap<>();
    private long mark;

    BenchmarkRun(RunningPipeline<T> parts, Sampling sampling, Monitor monitor) {
        this.parts = parts;
        this.ops = parts.ops();
        this.sampling = sampling;
        var spec = parts.pipeline().spec();
        this.batch = PictureRun.batch(spec, sampling);
        this.loop = new DenoisingLoop<>(parts, monitor);
        this.shape = DenoisingLoop.latentShape(spec, batch.size(), batch.height(), batch.width());
        this.schedule = loop.schedule(PictureRun.steps(spec, sampling), batch);
    }

    /** The batch with what the request left to the pipeline. */
    PromptBatch batch() {
        return batch;
    }

    /** Calls of the backbone in one run. */
    int calls() {
        return schedule.calls();
    }

    /** The backbone's inputs by name, once it has run. */
    Map<String, String> shapes() {
        return shapes;
    }

    /** One run, from prompts to pixels in host memory. */
    void run(Backbone<T> backbone, PartTimes times) {
        ops.region("", () -> {
            Generator<T> generator = parts.context().generator(sampling.seed());
            T noise = sampling.initialLatents().isEmpty() ? generator.normal(shape) : ops.load(PictureRun.given(sampling, shape));
            long start = now();
            Conditioning<T> conditioning = parts.pipeline().adapter().encode(parts, batch);
            long encoded = now();
            mark = encoded;
            T latents = loop.run(backbone, conditioning, batch, schedule, noise, generator, watcher(times));
            long denoised = now();
            ops.toFloats(parts.pipeline().adapter().decode(parts, latents));
            long decoded = now();
            times.add(Part.ENCODERS, encoded - start);
            times.add(Part.STEPS, denoised - encoded);
            times.add(Part.VAE, decoded - denoised);
            times.add(Part.WHOLE, decoded - start);
            return List.of();
        });
    }

    /** The time once the device is idle. */
    private long now() {
        ops.await();
        return System.nanoTime();
    }

    private DenoisingLoop.Watcher<T> watcher(PartTimes times) {
        return new DenoisingLoop.Watcher<>() {
            private long called;

            @Override
            public void before(int call, int step, Values<T> inputs) {
                if (shapes.isEmpty()) {
                    inputs.asMap().forEach((name, value) -> shapes.put(name, ops.shape(value) + " " + ops.dtype(value)));
                }
                called = now();
            }

            @Override
            public void output(int call, T output) {
                times.add(Part.BACKBONE, now() - called);
            }

            @Override
            public void after(int call, int calls, T latents) {
                long done = now();
                times.add(Part.STEP, done - mark);
                mark = done;
            }
        };
    }
}
