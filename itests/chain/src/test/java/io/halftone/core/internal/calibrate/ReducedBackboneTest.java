package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.core.internal.Chain;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Generator;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What leaves a pass in a row says as much as what collectors see inside of it. */
class ReducedBackboneTest {
    private static final int STEPS = 3;

    @Test
    void seesWhatAnObservedPassSees() throws IOException {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            Chain.RUNTIME.run(new EagerRuntime.Task<Void>() {
                @Override
                public <T> Void run(EagerRuntime.Context<T> context) {
                    compare(pipeline, new RunningPipeline<>(pipeline, context, Monitor.silent()), context.generator(5));
                    return null;
                }
            });
        }
    }

    private static <T> void compare(OpenPipeline pipeline, RunningPipeline<T> parts, Generator<T> generator) {
        EagerOps<T> ops = parts.backboneOps();
        Scan scan = pipeline.scan(pipeline.spec().backbone());
        int[] step = {0};
        ReducedBackbone<T> reduced = new ReducedBackbone<>(pipeline, ops, () -> step[0]);
        for (int batch = 0; batch < 2; batch++) {   // of two sizes, each with folds of its own
            Map<Site, Collector.Reducing<T>> direct = folds(ops, scan.layers(), batch);
            Map<Site, Collector.Reducing<T>> later = folds(ops, scan.layers(), batch);
            reduced.into(later);
            ObservingOps<T> observing = new ObservingOps<>(ops, new LinkedHashMap<>(direct));
            Backbone<T> observed = new EagerBackbone<>(pipeline, observing, "");
            Values<T> inputs = inputs(ops, scan.signature(), generator, batch + 1);
            for (step[0] = 0; step[0] < STEPS; step[0]++) {
                observing.step(step[0]);
                ops.region("", () -> {
                    assertArrayEquals(ops.toFloats(observed.run(inputs)), ops.toFloats(reduced.run(inputs)));
                    return List.of();
                });
            }
            List<Statistics> expected = direct.values().stream().map(Collector.Fold::statistics).toList();
            assertEquals(expected, later.values().stream().map(Collector.Fold::statistics).toList());
            assertEquals(expected.size(), direct.size());
        }
    }

    /** Of all layers, by turns one amax, one a channel, and one a step. */
    private static <T> Map<Site, Collector.Reducing<T>> folds(EagerOps<T> ops, List<Layer> layers, int batch) {
        List<Site> sites = new ArrayList<>();
        for (Layer layer : layers) {
            List<Slot> slots = layer instanceof Layer.Attention ? List.of(Slot.QUERY, Slot.KEY, Slot.VALUE) : List.of(Slot.INPUT);
            slots.forEach(slot -> sites.add(new Site(layer.name(), slot)));
        }
        Map<Site, Collector.Reducing<T>> folds = new LinkedHashMap<>();
        for (Site site : sites) {
            int turn = folds.size() % 3;
            Collector collector = Chain.PLUGINS.collectors().get(turn == 2 ? "min-mean" : "max");
            int axis = turn == 1 ? -1 : Collector.Request.NO_AXIS;
            folds.put(site, (Collector.Reducing<T>) collector.fold(ops, new Collector.Request(axis, STEPS, 1), batch));
        }
        return folds;
    }

    private static <T> Values<T> inputs(EagerOps<T> ops, ModelSignature signature, Generator<T> generator, long batch) {
        Map<String, T> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : signature.inputs()) {
            Dim[] dims = new Dim[port.shape().rank()];
            for (int i = 0; i < dims.length; i++) {
                Dim dim = port.shape().dim(i);
                dims[i] = dim.isNumber() ? dim : Dim.of(dim.toString().equals("batch") ? batch : signature.extents().get(dim.toString()).usual());
            }
            inputs.put(port.name(), ops.cast(generator.normal(Shape.of(dims)), port.type(DType.FLOAT32)));
        }
        return Values.of(inputs);
    }
}
