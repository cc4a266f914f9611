package io.halftone.core.internal.quantize;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.DenoisingLoop;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.RewritingOps;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.CalibrationRun;
import io.halftone.quant.Collector;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A calibration of one backbone: its denoising loop over the prompts, and its weights. */
final class Calibration<T> implements CalibrationRun {
    private final RunningPipeline<T> parts;
    private final ChangedWeights weights;
    private final EagerOps<T> backboneOps;
    private final List<Planned> plan;
    private final QuantSettings settings;
    private final CalibrationSettings runs;
    private final List<String> prompts;
    private final Plugins plugins;
    private final Monitor monitor;
    private boolean stale;

    Calibration(RunningPipeline<T> parts, ChangedWeights weights, List<Planned> plan, QuantSettings settings, CalibrationSettings runs,
                List<String> prompts, Plugins plugins, Monitor monitor) {
        this.parts = parts;
        this.weights = weights;
        this.backboneOps = parts.backboneOps(parts.pipeline().folder().path().resolve(parts.pipeline().spec().backbone()).toString(), weights);
        this.plan = List.copyOf(plan);
        this.settings = settings;
        this.runs = runs;
        this.prompts = List.copyOf(prompts);
        this.plugins = plugins;
        this.monitor = monitor;
    }

    @Override
    public List<Planned> plan() {
        return plan;
    }

    @Override
    public DType computeType() {
        return backboneOps.computeType();
    }

    @Override
    public double option(String name, double absent) {
        String value = settings.options().get(name);
        if (value == null) {
            return absent;
        }
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": found " + value + "; expected a number", e);
        }
    }

    @Override
    public Collector collector() {
        return collector(settings.collector());
    }

    @Override
    public Collector collector(String name) {
        return plugins.collectors().get(name);
    }

    @Override
    public Map<Site, Range> observe(Map<Site, Collector> collectors, Map<Site, Integer> channelAxis, Map<String, LayerRewrite> rewrites) {
        if (stale) {
            backboneOps.releaseParameters();
            stale = false;
        }
        Map<Site, Collector.Fold<T>> folds = new LinkedHashMap<>();
        collectors.forEach((site, collector) -> {
            int axis = channelAxis.getOrDefault(site, Collector.Request.NO_AXIS);
            folds.put(site, collector.fold(backboneOps, new Collector.Request(axis, runs.steps(), settings.percentile())));
        });
        ObservingOps<T> observing = new ObservingOps<>(new RewritingOps<>(backboneOps, rewrites), folds);
        EagerBackbone<T> backbone = new EagerBackbone<>(parts.pipeline(), observing, "");
        int batches = (prompts.size() + runs.batchSize() - 1) / runs.batchSize();
        for (int i = 0; i < batches; i++) {
            int batch = i;
            int from = i * runs.batchSize();
            List<String> some = prompts.subList(from, Math.min(prompts.size(), from + runs.batchSize()));
            backboneOps.region("", () -> {
                runBatch(backbone, observing, some, batch, batches);
                return List.of();
            });
        }
        Map<Site, Range> ranges = new LinkedHashMap<>();
        folds.forEach((site, fold) -> {
            try {
                ranges.put(site, fold.range());
            } catch (CalibrationException e) {
                throw new CalibrationException(site.name() + ": " + e.getMessage(), e);
            }
        });
        return ranges;
    }

    private void runBatch(EagerBackbone<T> backbone, ObservingOps<T> observing, List<String> some, int batch, int batches) {
        PromptBatch request = Sizes.batch(parts.pipeline().spec(), some, "", runs.guidanceScale(), runs.height(), runs.width());
        Conditioning<T> conditioning = parts.pipeline().adapter().encode(parts, request);
        DenoisingLoop<T> loop = new DenoisingLoop<>(parts, monitor);
        Shape shape = DenoisingLoop.latentShape(parts.pipeline().spec(), some.size(), request.height(), request.width());
        Schedule schedule = loop.schedule(runs.steps(), request);
        Generator<T> generator = parts.context().generator(Seeds.of(runs.seed(), batch));
        loop.run(backbone, conditioning, request, schedule, generator.normal(shape), generator, new DenoisingLoop.Watcher<>() {
            @Override
            public void before(int call, int step, Values<T> inputs) {
                observing.step(step);
            }

            @Override
            public void after(int call, int calls, T latents) {
                observing.step(-1);
                monitor.progress("calibrate", (long) batch * calls + call + 1, (long) batches * calls, "step");
            }
        });
    }

    @Override
    public Range weight(Layer layer, int axis) {
        monitor.check();
        List<Range> range = new ArrayList<>();
        backboneOps.region("", () -> {
            T magnitude = backboneOps.abs(weightOf(layer));
            int rank = backboneOps.shape(magnitude).rank();
            int[] others = axis < 0 ? new int[0] : IntStream.range(0, rank).filter(a -> a != axis).toArray();
            try {
                range.add(new Range(backboneOps.toFloats(backboneOps.amax(magnitude, others)), Math.max(axis, 0)));
            } catch (IllegalArgumentException e) {
                throw new CalibrationException(layer.name() + ".weight: " + e.getMessage(), e);
            }
            return Collections.emptyList();
        });
        return range.get(0);
    }

    @Override
    public void changeWeight(Layer layer, WeightChange change) {
        monitor.check();
        backboneOps.region("", () -> {
            T changed = change.apply(backboneOps, weightOf(layer));
            weights.put(layer.name() + ".weight", backboneOps.view(backboneOps.cast(changed, backboneOps.computeType())));
            return Collections.emptyList();
        });
        stale = true;
    }

    /** The weight as the model computes with it, in float32. */
    private T weightOf(Layer layer) {
        T stored = backboneOps.load(weights.read(layer.name() + ".weight"));
        return backboneOps.cast(backboneOps.cast(stored, backboneOps.computeType()), DType.FLOAT32);
    }
}
