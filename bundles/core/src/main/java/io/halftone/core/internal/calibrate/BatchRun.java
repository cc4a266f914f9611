package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.LocatingOps;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Statistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Runs batches of a calibration on one thread, in full precision, and folds what the sites see. */
final class BatchRun<T> {
    private final RunningPipeline<T> parts;
    private final CalibrationJob job;
    private final Monitor monitor;
    private final EagerOps<T> ops;
    private final ReducedBackbone<T> reduced;
    private int step = -1;

    BatchRun(RunningPipeline<T> parts, CalibrationJob job, Monitor monitor) {
        this.parts = parts;
        this.job = job;
        this.monitor = monitor;
        this.ops = parts.backboneOps();
        this.reduced = new ReducedBackbone<>(parts.pipeline(), ops, () -> step);
    }

    /**
     * What each site sees in a batch.
     *
     * @param done hears of each call of the backbone
     * @throws CalibrationException naming the layer, the step and the prompt where something is not finite, or the site and the step where
     *                              memory did not suffice
     */
    Map<Site, Statistics> observe(int batch, IntConsumer done) {
        Map<Site, Collector.Fold<T>> folds = new LinkedHashMap<>();
        ObservingOps<T> observing = new ObservingOps<>(ops, folds);
        boolean whole = true;   // whether collectors look at values where they are
        try {
            job.observed().sites().forEach((site, asked) -> folds.put(site, asked.collector().fold(ops, asked.request(), batch)));
            whole = !ops.isRecording() || !folds.values().stream().allMatch(Collector.Reducing.class::isInstance);
            if (whole) {
                run(batch, new EagerBackbone<>(parts.pipeline(), observing, ""), observing::step, done);
            } else {
                reduced.into(reducing(folds));
                run(batch, reduced, now -> step = now, done);
            }
            Map<Site, Statistics> seen = new LinkedHashMap<>();
            folds.forEach((site, fold) -> seen.put(site, statistics(site, fold)));
            return seen;
        } catch (CalibrationException e) {
            throw located(batch, e);
        } catch (DeviceException e) {
            String place = whole ? observing.place() : reduced.place();
            if (place.isEmpty()) {
                throw e;
            }
            throw new CalibrationException(place + " of batch " + batch + ": " + e.getMessage(), e);
        } finally {
            folds.values().forEach(Collector.Fold::close);
        }
    }

    private static <T> Map<Site, Collector.Reducing<T>> reducing(Map<Site, Collector.Fold<T>> folds) {
        Map<Site, Collector.Reducing<T>> reducing = new LinkedHashMap<>();
        folds.forEach((site, fold) -> reducing.put(site, (Collector.Reducing<T>) fold));
        return reducing;
    }

    private static Statistics statistics(Site site, Collector.Fold<?> fold) {
        try {
            return fold.statistics();
        } catch (CalibrationException e) {
            throw new CalibrationException(site.name() + ": " + e.getMessage(), e);
        }
    }

    /** Runs the batch again, looking at every value, to say where it went wrong. */
    private CalibrationException located(int batch, CalibrationException found) {
        try {
            AtomicInteger now = new AtomicInteger(-1);
            var report = LocatingOps.denoising(now::get, job.batch(batch).prompts(), CalibrationException::new);
            run(batch, new EagerBackbone<>(parts.pipeline(), new LocatingOps<>(ops, ops, report), ""), now::set, call -> { });
        } catch (CalibrationException first) {
            first.addSuppressed(found);
            return first;
        }
        return found;
    }

    private void run(int batch, Backbone<T> backbone, IntConsumer steps, IntConsumer done) {
        PromptBatch prompts = job.batch(batch);
        ops.region("", () -> {
            Conditioning<T> conditioning = parts.pipeline().adapter().encode(parts, prompts);
            DenoisingLoop<T> loop = new DenoisingLoop<>(parts, monitor);
            Shape shape = DenoisingLoop.latentShape(parts.pipeline().spec(), prompts.size(), prompts.height(), prompts.width());
            Schedule schedule = loop.schedule(job.runs().steps(), prompts);
            Generator<T> generator = parts.context().generator(Seeds.of(job.runs().seed(), batch));
            T latents = loop.run(backbone, conditioning, prompts, schedule, generator.normal(shape), generator, new DenoisingLoop.Watcher<>() {
                @Override
                public void before(int call, int step, Values<T> inputs) {
                    steps.accept(step);
                }

                @Override
                public void after(int call, int calls, T now) {
                    steps.accept(-1);
                    done.accept(call);
                }
            });
            float largest = ops.toFloats(ops.amax(ops.abs(latents)))[0];
            if (!Float.isFinite(largest)) {
                throw new CalibrationException("latents: found " + largest + " at the end of batch " + batch + "; expected finite ones");
            }
            return List.of();
        });
    }
}
