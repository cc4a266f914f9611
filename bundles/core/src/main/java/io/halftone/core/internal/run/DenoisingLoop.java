package io.halftone.core.internal.run;

import io.halftone.core.internal.job.Monitor;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From noise to latents: the scheduler's calls of a backbone, guided where the family is. */
public final class DenoisingLoop<T> {
    private static final Logger LOG = LoggerFactory.getLogger(DenoisingLoop.class);

    private final RunningPipeline<T> parts;
    private final EagerOps<T> ops;
    private final PipelineAdapter adapter;
    private final Monitor monitor;

    /**
     * Sees the calls of a run.
     *
     * @param <T> a tensor
     */
    public interface Watcher<T> {
        /** The backbone is about to run. */
        default void before(int call, int step, Values<T> inputs) {
        }

        /** The backbone has run: its raw output, in the guidance batch's order. */
        default void output(int call, T output) {
        }

        /** A call is done. */
        default void after(int call, int calls, T latents) {
        }
    }

    public DenoisingLoop(RunningPipeline<T> parts, Monitor monitor) {
        this.parts = parts;
        this.ops = parts.ops();
        this.adapter = parts.pipeline().adapter();
        this.monitor = monitor;
    }

    /** The shape of a batch's latents: (batch, channels, height, width). */
    public static Shape latentShape(PipelineSpec spec, int batch, long height, long width) {
        return Shape.of(batch, spec.latentChannels(), height / spec.spatialFactor(), width / spec.spatialFactor());
    }

    /** The schedule of a run of that many steps. */
    public Schedule schedule(int steps, PromptBatch batch) {
        return parts.pipeline().schedule(steps, batch);
    }

    /**
     * Runs the schedule.
     *
     * @param noise unit noise, (batch, channels, height, width), float32
     * @return the latents, of the same shape and type
     */
    public T run(Backbone<T> backbone, Conditioning<T> conditioning, PromptBatch prompts, Schedule schedule, T noise, Generator<T> generator,
                 Watcher<T> watcher) {
        try (Schedule.Sampler<T> sampler = schedule.sampler(ops, generator);
             EagerOps.Cell<T> latents = ops.cell()) {
            latents.set(start(schedule, noise));
            for (int i = 0; i < schedule.calls(); i++) {
                monitor.check();
                int call = i;
                ops.region("", () -> {
                    latents.set(step(backbone, conditioning, prompts.guidanceScale(), schedule, sampler, latents.get(), call, watcher));
                    preview(latents.get(), call, schedule.calls());
                    watcher.after(call, schedule.calls(), latents.get());
                    return List.of();
                });
            }
            // handed to the caller's region before the cell lets go of it
            return ops.add(latents.get(), ops.constant(0, DType.FLOAT32));
        }
    }

    /** Shows the latents, where somebody asked. What goes wrong with that is not the run's. */
    private void preview(T latents, int call, int calls) {
        if (!monitor.previews().take()) {
            return;
        }
        try {
            Shape shape = ops.shape(latents);
            float[] first = ops.toFloats(ops.slice(latents, 0, 0, 1));
            int height = Math.toIntExact(shape.dim(2).size());
            int width = Math.toIntExact(shape.dim(3).size());
            boolean last = call + 1 == calls;
            monitor.previews().put(call + 1, calls, LatentColours.areDecoded(height, width) ? LatentColours.decoded(parts, first, height, width, last)
                : parts.colours().picture(first, height, width));
        } catch (CancellationException | Error e) {
            monitor.previews().drop();
            throw e;
        } catch (RuntimeException e) {   // such as no weights of a decoder, or no memory for them
            monitor.previews().end();
            LOG.info("no previews: {}", e.getMessage());
        }
    }

    /** What the backbone gets at the first call of a run from this noise, made in the current region. */
    public Values<T> firstInputs(Conditioning<T> conditioning, Schedule schedule, T noise, Generator<T> generator) {
        try (Schedule.Sampler<T> sampler = schedule.sampler(ops, generator)) {
            return adapter.inputs(ops, conditioning, batch(conditioning, sampler, start(schedule, noise), 0), schedule.timestep(0));
        }
    }

    private T start(Schedule schedule, T noise) {
        return ops.mul(noise, ops.constant(schedule.initialNoiseScale(), DType.FLOAT32));
    }

    /** The latents of a call, scaled, doubled where guidance needs it, in the backbone's type. */
    private T batch(Conditioning<T> conditioning, Schedule.Sampler<T> sampler, T latents, int call) {
        T scaled = sampler.scaleInput(latents, call);
        T batch = conditioning.guided() ? ops.concat(0, List.of(scaled, scaled)) : scaled;
        return ops.cast(batch, parts.computeType(parts.pipeline().spec().backbone()));
    }

    private T step(Backbone<T> backbone, Conditioning<T> conditioning, double guidance, Schedule schedule, Schedule.Sampler<T> sampler,
                   T latents, int call, Watcher<T> watcher) {
        T cast = batch(conditioning, sampler, latents, call);
        Values<T> inputs = adapter.inputs(ops, conditioning, cast, schedule.timestep(call));
        watcher.before(call, schedule.step(call), inputs);
        T output = backbone.run(inputs);
        watcher.output(call, output);
        T prediction = ops.cast(adapter.prediction(ops, output, cast), DType.FLOAT32);
        return sampler.step(conditioning.guided() ? guided(prediction, guidance) : prediction, latents, call);
    }

    /** negative + scale * (positive - negative). */
    private T guided(T prediction, double scale) {
        Dim both = ops.shape(prediction).dim(0);
        T negative = ops.slice(prediction, 0, 0, both.size() / 2);
        T positive = ops.slice(prediction, 0, both.size() / 2, both.size());
        return ops.add(negative, ops.mul(ops.sub(positive, negative), ops.constant(scale, DType.FLOAT32)));
    }
}
