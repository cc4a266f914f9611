package io.halftone.core.internal.task;

import io.halftone.api.Sampling;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.Fault;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.imaging.Picture;
import io.halftone.ops.DType;
import io.halftone.ops.Device;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import io.halftone.safetensors.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From prompts to pictures with one backbone after the other; embeddings, schedule and noise are the same for all. */
final class PictureRun<T> {
    private static final String NOISE = "initial_noise";

    private final RunningPipeline<T> parts;
    private final EagerOps<T> ops;
    private final Sampling sampling;
    private final PromptBatch batch;
    private final Monitor monitor;
    private final DenoisingLoop<T> loop;
    private final Shape shape;
    private final Schedule schedule;
    private final Conditioning<T> conditioning;
    private String latentsDigest = "";

    PictureRun(RunningPipeline<T> parts, Sampling sampling, Monitor monitor) {
        this.parts = parts;
        this.ops = parts.ops();
        this.sampling = sampling;
        this.monitor = monitor;
        var spec = parts.pipeline().spec();
        this.batch = batch(spec, sampling);
        this.loop = new DenoisingLoop<>(parts, monitor);
        this.shape = DenoisingLoop.latentShape(spec, batch.size(), batch.height(), batch.width());
        this.schedule = loop.schedule(steps(spec, sampling), batch);
        monitor.begins("encode prompts");
        this.conditioning = parts.pipeline().adapter().encode(parts, batch);
    }

    /** Refuses what can be refused without tensors: sizes, steps, and given latents that are not there. */
    static void check(OpenPipeline pipeline, Sampling sampling) {
        PromptBatch batch = batch(pipeline.spec(), sampling);
        pipeline.schedule(steps(pipeline.spec(), sampling), batch);
        if (!sampling.negativePrompt().isBlank() && batch.guidanceScale() <= 1) {
            throw new IllegalArgumentException("negative-prompt: found one with guidance scale " + batch.guidanceScale()
                + "; expected a scale above 1: at others nothing is guided away from it");
        }
        if (!sampling.initialLatents().isEmpty() && !Files.isRegularFile(Path.of(sampling.initialLatents()))) {
            throw new IllegalArgumentException(sampling.initialLatents() + ": found no file; expected safetensors with a tensor " + NOISE);
        }
    }

    /** The batch with what the request left to the pipeline. */
    static PromptBatch batch(PipelineSpec spec, Sampling sampling) {
        return Sizes.batch(spec, sampling.picturePrompts(), sampling.negativePrompt(), sampling.guidanceScale(), sampling.height(), sampling.width());
    }

    /** The steps that were asked for, or else the pipeline's usual number. */
    static int steps(PipelineSpec spec, Sampling sampling) {
        return sampling.steps() == 0 ? spec.steps() : sampling.steps();
    }

    /** What text encoders, the scheduler and the VAE are computed on. */
    Device device() {
        return parts.context().device();
    }

    /** The batch with what the request left to the pipeline. */
    PromptBatch batch() {
        return batch;
    }

    /** The number of denoising steps. */
    int steps() {
        return schedule.step(schedule.calls() - 1) + 1;
    }

    /** The shapes of the backbone's inputs by name, the same at every call. */
    Map<String, Shape> inputShapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        ops.region("", () -> {
            Generator<T> generator = parts.context().generator(sampling.seed());
            loop.firstInputs(conditioning, schedule, generator.normal(shape), generator).asMap()
                .forEach((name, value) -> shapes.put(name, ops.shape(value)));
            return List.of();
        });
        return shapes;
    }

    /** Makes the pictures, one for each prompt. */
    List<Picture> run(String stage, Backbone<T> backbone, Timings timings, TensorDump<T> dump) {
        List<Picture> pictures = new ArrayList<>();
        ops.region("", () -> {
            dump.keep("prompt_embeds", conditioning.promptEmbeds());
            monitor.begins("first step");   // weights are read when they are first needed
            T latents = denoise(backbone, new DenoisingLoop.Watcher<>() {
                @Override
                public void before(int call, int step, Values<T> inputs) {
                    timings.begin(ops, inputs);
                }

                @Override
                public void output(int call, T output) {
                    timings.end(ops);
                    dump.keep("step" + call + ".out", output);
                }

                @Override
                public void after(int call, int calls, T now) {
                    dump.keep("step" + call + ".latents_after", now);
                    monitor.progress(stage, call + 1, calls, "step");
                }
            });
            float largest = largest(latents);
            if (!Float.isFinite(largest)) {
                throw new Fault<>(parts, batch).inLatents(backbone, schedule, this::denoise, largest);
            }
            monitor.begins("decode");
            T images = parts.pipeline().adapter().decode(parts, latents);
            dump.keep("images", images);
            float[] values = ops.toFloats(images);
            for (float value : values) {
                if (Float.isNaN(value)) {   // infinities became 0 or 1, and come with NaN
                    throw new Fault<>(parts, batch).inPictures(latents);
                }
            }
            int height = Math.toIntExact(batch.height());
            int width = Math.toIntExact(batch.width());
            for (int i = 0; i < batch.size(); i++) {
                pictures.add(Picture.fromPlanar(values, i * 3 * height * width, height, width));
            }
            return List.of();
        });
        return pictures;
    }

    /** All steps, from the same noise each time. */
    private T denoise(Backbone<T> backbone, DenoisingLoop.Watcher<T> watcher) {
        Generator<T> generator = parts.context().generator(sampling.seed());
        T noise = sampling.initialLatents().isEmpty() ? generator.normal(shape) : given();
        return loop.run(backbone, conditioning, batch, schedule, noise, generator, watcher);
    }

    private float largest(T latents) {
        return ops.toFloats(ops.amax(ops.abs(latents)))[0];
    }

    /** Times calls of backbones on the first call's inputs, in turn, so that a machine that slows down slows both. */
    void time(String stage, List<Backbone<T>> backbones, List<Timings> timings, int warmUps, int runs) {
        ops.region("", () -> {
            Generator<T> generator = parts.context().generator(sampling.seed());
            Values<T> inputs = loop.firstInputs(conditioning, schedule, generator.normal(shape), generator);
            for (int run = -warmUps; run < runs; run++) {
                for (int i = 0; i < backbones.size(); i++) {
                    Backbone<T> backbone = backbones.get(i);
                    Timings its = timings.get(i);
                    if (run == 0) {
                        its.clear();
                    }
                    ops.region("", () -> {
                        its.begin(ops, inputs);
                        backbone.run(inputs);
                        its.end(ops);
                        return List.of();
                    });
                }
                monitor.progress(stage, run + warmUps + 1, warmUps + runs, "run");
            }
            return List.of();
        });
    }

    /** A digest of the noise that was given, hexadecimal. */
    String latentsDigest() {
        return latentsDigest;
    }

    private T given() {
        TensorView view = given(sampling, shape);
        latentsDigest = Digests.sha256(view.bytes());
        return ops.load(view);
    }

    /** The noise that a request gives. */
    static TensorView given(Sampling sampling, Shape shape) {
        Path path = Path.of(sampling.initialLatents());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            TensorView view = file.read(NOISE);
            if (view.dtype() != DType.FLOAT32 || !Arrays.equals(view.shape(), shape.sizes())) {
                throw new IllegalArgumentException(path + ": " + NOISE + ": found " + view + "; expected FLOAT32 " + shape);
            }
            return view;
        }
    }
}
