package io.halftone.core.internal.quantize;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.calibrate.PartialStatistics;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.quant.LayerState;
import io.halftone.quant.Planned;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A calibrated backbone whose changed weights are held until this is closed. */
public final class Quantization implements AutoCloseable {
    private final ChangedWeights weights;
    private final QuantizedModel model;

    private Quantization(ChangedWeights weights, QuantizedModel model) {
        this.weights = weights;
        this.model = model;
    }

    /**
     * Decides every layer of a plan by what was seen.
     *
     * @param head       the recipe without its layers
     * @param options    options of the algorithms
     * @param statistics of every batch
     */
    public static Quantization decide(OpenPipeline pipeline, EagerRuntime runtime, Plugins plugins, List<Planned> plan, ObjectNode head,
                                      Map<String, String> options, Calibration calibration, PartialStatistics statistics, Monitor monitor)
        throws IOException {
        ChangedWeights weights = new ChangedWeights(pipeline.parameters(pipeline.spec().backbone()));
        try {
            List<LayerState> states = runtime.run(1, new EagerRuntime.Task<List<LayerState>>() {
                @Override
                public <T> List<LayerState> run(EagerRuntime.Context<T> context) {
                    EagerOps<T> ops = new RunningPipeline<>(pipeline, context, monitor).backboneOps();
                    List<LayerState> decided = new ArrayList<>();
                    for (Planned planned : plan) {
                        monitor.progress("decide", decided.size(), plan.size(), "layer");
                        decided.add(plugins.algorithms().get(planned.algorithm())
                            .decide(new DecidingRun<>(planned, calibration, statistics, options, ops, weights)));
                    }
                    return decided;
                }
            });
            return new Quantization(weights, new QuantizedModel(Recipe.of(head, states), states, weights));
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** The model. */
    public QuantizedModel model() {
        return model;
    }

    @Override
    public void close() throws IOException {
        weights.close();
    }
}
