package io.halftone.core.internal.search;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.Fault;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.imaging.Picture;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import io.halftone.quant.CalibrationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs batches with some layers quantized, on one thread; embeddings, schedule and noise are the same whatever is quantized. */
final class SearchRun<T> {
    private final RunningPipeline<T> parts;
    private final Subject subject;
    private final EagerOps<T> own;
    private final List<EagerOps<T>> changed = new ArrayList<>();
    private final List<Conditioning<T>> encoded = new ArrayList<>();
    private final DenoisingLoop<T> loop;

    SearchRun(RunningPipeline<T> parts, Subject subject, Monitor monitor) {
        this.parts = parts;
        this.subject = subject;
        this.own = parts.backboneOps();
        for (Subject.Decided family : subject.families()) {
            changed.add(parts.backboneOps("calibrated weights", family.model().parameters(), family.model().added()));
        }
        for (PromptBatch batch : subject.batches()) {
            encoded.add(parts.pipeline().adapter().encode(parts, batch));
        }
        this.loop = new DenoisingLoop<>(parts, monitor);
    }

    /**
     * What a batch comes to.
     *
     * @param latents  (batch, channels, height, width)
     * @param count    the batch's size
     * @param pictures one for each prompt; none where they were not asked for
     */
    record Outcome(float[] latents, int count, List<Picture> pictures) {
        /** The squared relative error of each picture's latents, where this is what they should be. */
        List<Double> errors(Outcome found) {
            List<Double> errors = new ArrayList<>();
            int size = latents.length / count;
            for (int p = 0; p < count; p++) {
                double error = 0;
                double energy = 0;
                for (int i = p * size; i < (p + 1) * size; i++) {
                    double difference = (double) latents[i] - found.latents[i];
                    error += difference * difference;
                    energy += (double) latents[i] * latents[i];
                }
                if (!(energy > 0) || Double.isInfinite(energy)) {
                    throw new CalibrationException("latents: found a squared sum of " + energy + " in full precision; expected a finite one over 0");
                }
                errors.add(error / energy);
            }
            return errors;
        }
    }

    /** Hears of each call of the backbone. */
    @FunctionalInterface
    interface Progress {
        void call(int done, int total);
    }

    /**
     * Runs a batch with these layers quantized and the others as they are.
     *
     * @throws IllegalArgumentException if full precision is not finite, naming the layer, the step and the prompt; what a candidate does is its error
     */
    Outcome run(int index, Collection<Candidate> mix, boolean decode, Progress progress) {
        PromptBatch batch = subject.batches().get(index);
        List<float[]> latents = new ArrayList<>();
        List<Picture> pictures = new ArrayList<>();
        parts.ops().region("", () -> {
            EagerBackbone<T> backbone = new EagerBackbone<>(parts.pipeline(), mixed(mix), "");
            T end = denoise(index, backbone, new DenoisingLoop.Watcher<>() {
                @Override
                public void after(int call, int calls, T now) {
                    progress.call(call + 1, calls);
                }
            });
            latents.add(parts.ops().toFloats(end));
            float[] decoded = decode ? parts.ops().toFloats(parts.pipeline().adapter().decode(parts, end)) : new float[0];
            if (mix.isEmpty()) {
                requireFinite(index, backbone, latents.get(0), end, decoded);
            }
            pictures.addAll(decode ? pictures(decoded, batch) : List.of());
            return List.of();
        });
        changed.forEach(EagerOps::releaseParameters);
        return new Outcome(latents.get(0), batch.size(), pictures);
    }

    /** All steps of a batch, from the same noise each time. */
    private T denoise(int index, Backbone<T> backbone, DenoisingLoop.Watcher<T> watcher) {
        PromptBatch batch = subject.batches().get(index);
        Generator<T> generator = parts.context().generator(subject.seed() + index);
        T noise = generator.normal(shape(batch));
        return loop.run(backbone, encoded.get(index), batch, loop.schedule(subject.steps(), batch), noise, generator, watcher);
    }

    private void requireFinite(int index, Backbone<T> backbone, float[] latents, T end, float[] decoded) {
        PromptBatch batch = subject.batches().get(index);
        for (float value : latents) {
            if (!Float.isFinite(value)) {
                throw new Fault<>(parts, batch).inLatents(backbone, loop.schedule(subject.steps(), batch),
                    (again, watcher) -> denoise(index, again, watcher), value);
            }
        }
        for (float value : decoded) {
            if (Float.isNaN(value)) {   // infinities became 0 or 1, and come with NaN
                throw new Fault<>(parts, batch).inPictures(end);
            }
        }
    }

    private Ops<T> mixed(Collection<Candidate> mix) {
        Map<String, MixedOps.Way<T>> ways = new LinkedHashMap<>();
        for (Candidate candidate : mix) {
            ways.put(candidate.layer(), new MixedOps.Way<>(subject.families().get(candidate.family()).rewrites().get(candidate.layer()),
                changed.get(candidate.family())));
        }
        return ways.isEmpty() ? own : new MixedOps<>(own, ways);
    }

    private static List<Picture> pictures(float[] values, PromptBatch batch) {
        int height = Math.toIntExact(batch.height());
        int width = Math.toIntExact(batch.width());
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            pictures.add(Picture.fromPlanar(values, i * 3 * height * width, height, width));
        }
        return pictures;
    }

    /** The multiplications of each layer in one call of the backbone on the first batch, by name. */
    Map<String, Long> multiplications() {
        CountingOps<T> counting = new CountingOps<>(own);
        PromptBatch batch = subject.batches().get(0);
        parts.ops().region("", () -> {
            Generator<T> generator = parts.context().generator(subject.seed());
            Schedule schedule = loop.schedule(subject.steps(), batch);
            Values<T> inputs = loop.firstInputs(encoded.get(0), schedule, generator.normal(shape(batch)), generator);
            new EagerBackbone<>(parts.pipeline(), counting, "").run(inputs);
            return List.of();
        });
        return counting.counts();
    }

    private Shape shape(PromptBatch batch) {
        return DenoisingLoop.latentShape(parts.pipeline().spec(), batch.size(), batch.height(), batch.width());
    }
}
