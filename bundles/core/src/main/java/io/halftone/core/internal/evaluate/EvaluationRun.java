package io.halftone.core.internal.evaluate;

import io.halftone.api.Sampling;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.Fault;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.imaging.Picture;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import java.util.ArrayList;
import java.util.List;

/** Makes batches of pictures and keeps the latents of every call; a picture's noise comes from its own seed. */
public final class EvaluationRun<T> {
    private final RunningPipeline<T> parts;
    private final EagerOps<T> ops;
    private final Sampling sampling;
    private final Monitor monitor;
    private final DenoisingLoop<T> loop;

    public EvaluationRun(RunningPipeline<T> parts, Sampling sampling, Monitor monitor) {
        this.parts = parts;
        this.ops = parts.ops();
        this.sampling = sampling;
        this.monitor = monitor;
        this.loop = new DenoisingLoop<>(parts, monitor);
    }

    /**
     * What a batch came to.
     *
     * @param latents  after each call, (batch, channels, height, width)
     * @param pictures one for each shot
     * @param millis   how long each call of the backbone took, from an idle device to one that is idle again
     */
    public record Outcome(List<float[]> latents, List<Picture> pictures, List<Double> millis) {
        /** Where the latents of a picture begin, and how many there are. */
        int latentsOfOne() {
            return latents.get(0).length / pictures.size();
        }
    }

    /** Hears of each call of the backbone. */
    @FunctionalInterface
    public interface Progress {
        void call(int done, int total);
    }

    /** Runs a batch. */
    public Outcome run(List<Shot> shots, Backbone<T> backbone, Progress progress) {
        List<float[]> latents = new ArrayList<>();
        List<Picture> pictures = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        PromptBatch batch = batch(shots);
        ops.region("", () -> {
            T end = denoise(shots, batch, backbone, new DenoisingLoop.Watcher<>() {
                private long start;

                @Override
                public void before(int call, int step, Values<T> inputs) {
                    ops.await();
                    start = System.nanoTime();
                }

                @Override
                public void output(int call, T output) {
                    ops.await();
                    millis.add((System.nanoTime() - start) / 1e6);
                }

                @Override
                public void after(int call, int calls, T now) {
                    latents.add(ops.toFloats(now));
                    progress.call(call + 1, calls);
                }
            });
            for (float value : latents.get(latents.size() - 1)) {
                if (!Float.isFinite(value)) {
                    throw new Fault<>(parts, batch).inLatents(backbone, schedule(batch), (again, watcher) -> denoise(shots, batch, again, watcher), value);
                }
            }
            float[] values = ops.toFloats(parts.pipeline().adapter().decode(parts, end));
            for (float value : values) {
                if (Float.isNaN(value)) {   // infinities became 0 or 1, and come with NaN
                    throw new Fault<>(parts, batch).inPictures(end);
                }
            }
            int height = Math.toIntExact(batch.height());
            int width = Math.toIntExact(batch.width());
            for (int i = 0; i < shots.size(); i++) {
                pictures.add(Picture.fromPlanar(values, i * 3 * height * width, height, width));
            }
            return List.of();
        });
        return new Outcome(latents, pictures, millis);
    }

    /** Runs one picture through layers that are watched. */
    void profile(Shot shot, ProfilingOps<T> watched, String stage) {
        PromptBatch batch = batch(List.of(shot));
        ops.region("", () -> {
            denoise(List.of(shot), batch, new EagerBackbone<>(parts.pipeline(), watched, ""), new DenoisingLoop.Watcher<>() {
                @Override
                public void before(int call, int step, Values<T> inputs) {
                    watched.call(call);
                }

                @Override
                public void after(int call, int calls, T now) {
                    monitor.progress(stage, call + 1, calls, "step");
                }
            });
            return List.of();
        });
    }

    private T denoise(List<Shot> shots, PromptBatch batch, Backbone<T> backbone, DenoisingLoop.Watcher<T> watcher) {
        Conditioning<T> conditioning = parts.pipeline().adapter().encode(parts, batch);
        Schedule schedule = schedule(batch);
        Shape one = DenoisingLoop.latentShape(parts.pipeline().spec(), 1, batch.height(), batch.width());
        Generator<T> generator = parts.context().generator(shots.get(0).seed());
        List<T> noise = new ArrayList<>(List.of(generator.normal(one)));
        for (Shot shot : shots.subList(1, shots.size())) {
            noise.add(parts.context().generator(shot.seed()).normal(one));
        }
        return loop.run(backbone, conditioning, batch, schedule, noise.size() == 1 ? noise.get(0) : ops.concat(0, noise), generator,
            watcher);
    }

    /** The batch with what the request left to the pipeline. */
    PromptBatch batch(List<Shot> shots) {
        return Sizes.batch(parts.pipeline().spec(), shots.stream().map(shot -> sampling.prompts().get(shot.prompt())).toList(),
            sampling.negativePrompt(), sampling.guidanceScale(), sampling.height(), sampling.width());
    }

    /** The schedule of every batch. */
    Schedule schedule(PromptBatch batch) {
        return loop.schedule(sampling.steps() == 0 ? parts.pipeline().spec().steps() : sampling.steps(), batch);
    }
}
