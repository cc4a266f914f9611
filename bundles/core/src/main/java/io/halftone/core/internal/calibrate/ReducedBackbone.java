package io.halftone.core.internal.calibrate;

import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RecordedPass;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The model's own pass, as the device may record it, with what collectors look at. A run leaves the prediction and, in a row or a few, what all sites
 * reduced; the collectors take it in after the run. For use by one thread.
 */
final class ReducedBackbone<T> implements Backbone<T> {
    private final EagerOps<T> ops;
    private final ModelAdapter adapter;
    private final ModelConfig config;
    private final IntSupplier step;
    private final RecordedPass<T> recorded;
    /** Where each part stands in the rows of a run, by the rows' number, types and lengths: a recorded run does not say it again. */
    private final Map<Object, List<ReducingOps.Placed>> placed = new HashMap<>();
    private Map<Site, Collector.Reducing<T>> folds = Map.of();
    private Site shown;

    /**
     * @param step the denoising step that runs, as the schedule counts
     */
    ReducedBackbone(OpenPipeline pipeline, EagerOps<T> ops, IntSupplier step) {
        this(pipeline.model(pipeline.spec().backbone()), pipeline.config().component(pipeline.spec().backbone()), ops, step);
    }

    ReducedBackbone(ModelAdapter adapter, ModelConfig config, EagerOps<T> ops, IntSupplier step) {
        this.ops = ops;
        this.adapter = adapter;
        this.config = config;
        this.step = step;
        this.recorded = new RecordedPass<>(ops, this::pass);
    }

    /** What is seen from now on belongs to these; they reduce as those before did. */
    void into(Map<Site, Collector.Reducing<T>> next) {
        folds = next;
    }

    /** The site that the last run came to last, with its step; empty before the first, and where the run was replayed. */
    String place() {
        return shown == null ? "" : shown.name() + " at step " + step.getAsInt();
    }

    private List<T> pass(Values<T> inputs) {
        ReducingOps<T> reducing = new ReducingOps<>(ops, ops, folds);
        try {
            List<T> results = new ArrayList<>();
            results.add(adapter.forward(new Scope<>(reducing), config, inputs).asMap().values().iterator().next());
            List<ReducingOps.Placed> places = new ArrayList<>();
            results.addAll(reducing.rows(places));
            placed.put(form(results), places);
            return results;
        } finally {
            shown = reducing.shown();
            reducing.drop();
        }
    }

    @Override
    public T run(Values<T> inputs) {
        shown = null;   // a recorded pass comes to no site
        List<T> results = recorded.run(inputs);
        ops.region("", () -> {
            for (ReducingOps.Placed part : placed.get(form(results))) {
                T row = results.get(1 + part.row());
                long end = part.from() + part.shape().count().size();
                folds.get(part.site()).acceptReduced(ops.reshape(ops.slice(row, 0, part.from(), end), part.shape()), step.getAsInt());
            }
            return List.of();
        });
        return results.get(0);
    }

    /** Types and shapes: two passes of one form reduce alike. */
    private List<Object> form(List<T> results) {
        List<Object> form = new ArrayList<>();
        for (T result : results) {
            DType type = ops.dtype(result);
            Shape shape = ops.shape(result);
            form.add(List.of(type, shape));
        }
        return form;
    }

    @Override
    public String description() {
        return "";
    }

    @Override
    public void close() {
        recorded.close();
    }
}
