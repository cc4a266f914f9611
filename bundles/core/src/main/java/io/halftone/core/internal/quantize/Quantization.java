package io.halftone.core.internal.quantize;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerRuntime;
import io.halftone.quant.CalibrationRun.Planned;
import io.halftone.quant.LayerState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A calibrated backbone whose changed weights are held until this is closed. */
public final class Quantization implements AutoCloseable {
    private final ChangedWeights weights;
    private final QuantizedModel model;

    private Quantization(ChangedWeights weights, QuantizedModel model) {
        this.weights = weights;
        this.model = model;
    }

    /** Calibrates a backbone by running its denoising loop over the prompts. */
    public static Quantization calibrate(OpenPipeline pipeline, EagerRuntime runtime, Plugins plugins, List<Planned> plan,
                                         QuantSettings settings, CalibrationSettings runs, List<String> prompts, Monitor monitor)
        throws IOException {
        ChangedWeights weights = new ChangedWeights(pipeline.folder().parameters(pipeline.spec().backbone()));
        try {
            List<LayerState> states = runtime.run(new EagerRuntime.Task<List<LayerState>>() {
                @Override
                public <T> List<LayerState> run(EagerRuntime.Context<T> context) {
                    RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, monitor);
                    return plugins.algorithms().get(settings.algorithm())
                        .calibrate(new Calibration<>(parts, weights, plan, settings, runs, prompts, plugins, monitor));
                }
            });
            Recipe recipe = Recipe.of(pipeline, settings, runs, prompts, states);
            return new Quantization(weights, new QuantizedModel(recipe, states, weights));
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    /** The model. */
    public QuantizedModel model() {
        return model;
    }

    /** Writes the checkpoint. */
    public void write(Path target, Monitor monitor) throws IOException {
        QuantizedCheckpoint.write(model, target, monitor);
    }

    @Override
    public void close() throws IOException {
        weights.close();
    }
}
