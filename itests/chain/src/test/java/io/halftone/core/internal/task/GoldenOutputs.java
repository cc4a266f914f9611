package io.halftone.core.internal.task;

import io.halftone.api.BackboneChoice;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.QuantizedTiny;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a backbone gives for the golden's inputs at its steps. */
public final class GoldenOutputs {
    static final List<String> STEPS = List.of("step0", "step1", "step10", "step19");

    private GoldenOutputs() {}

    /** Prints how the engine, fake quantization and full precision agree, as rows of a Markdown table. */
    public static void main(String[] args) throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        Map<String, float[]> full = of(BackboneChoice.fullPrecision());
        Map<String, float[]> fake = of(new BackboneChoice.Eager(tiny.checkpoint()));
        Map<String, Double> sensitivity = sensitivity(new BackboneChoice.Eager(tiny.checkpoint()), fake);
        Map<String, float[]> engine = of(new BackboneChoice.OnEngine("onnxruntime", tiny.engineFile()));
        for (String step : STEPS) {
            System.out.printf("| %s | %.4f | %.4f | %.4f |%n", step, rms(full.get(step), fake.get(step)), rms(fake.get(step), engine.get(step)),
                sensitivity.get(step));
        }
        System.exit(0);
    }

    /** How far a backbone moves, at each step, when its sample moves by a millionth: the largest of four RMS errors. */
    static Map<String, Double> sensitivity(BackboneChoice choice, Map<String, float[]> unmoved) throws IOException {
        Map<String, Double> largest = new LinkedHashMap<>();
        for (double factor : new double[] {1 + 1e-6, 1 - 1e-6, 1 + 2e-6, 1 - 2e-6}) {
            of(choice, factor).forEach((step, moved) -> largest.merge(step, rms(unmoved.get(step), moved), Math::max));
        }
        return largest;
    }

    /** The outputs for the golden's inputs at its steps. */
    static Map<String, float[]> of(BackboneChoice choice) throws IOException {
        return of(choice, 1);
    }

    /** The same with the sample times a factor. */
    static Map<String, float[]> of(BackboneChoice choice, double factor) throws IOException {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY); SafetensorsFile golden = SafetensorsFile.open(Chain.GOLDEN)) {
            return Chain.RUNTIME.run(new EagerRuntime.Task<Map<String, float[]>>() {
                @Override
                public <T> Map<String, float[]> run(EagerRuntime.Context<T> context) throws IOException {
                    RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, Monitor.silent());
                    Map<String, float[]> outputs = new LinkedHashMap<>();
                    try (Backbone<T> backbone = Backbones.open(choice, parts, Chain.WORK)) {
                        for (String step : STEPS) {
                            Values<T> inputs = inputs(parts, golden, step);
                            T sample = parts.ops().mul(inputs.get("sample"), parts.ops().constant(factor, DType.FLOAT32));
                            outputs.put(step, parts.ops().toFloats(backbone.run(inputs.and("sample", sample))));
                        }
                    }
                    return outputs;
                }
            });
        }
    }

    private static <T> Values<T> inputs(RunningPipeline<T> parts, SafetensorsFile golden, String step) {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("sample", "sample");
        names.put("timestep", "timestep");
        names.put("encoder_hidden_states", "encoder_hidden_states");
        names.put("text_embeds", "added.text_embeds");
        names.put("time_ids", "added.time_ids");
        Map<String, T> inputs = new LinkedHashMap<>();
        names.forEach((port, tensor) -> {
            TensorView view = golden.read(step + ".in." + tensor);
            inputs.put(port, parts.ops().load(view.shape().length == 0 ? TensorView.host(view.dtype(), new long[] {1}, view.bytes()) : view));
        });
        return Values.of(inputs);
    }

    static double largestDifference(float[] a, float[] b) {
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(a[i]));
        }
        return worst / largest;
    }

    /** L2 of the difference over L2 of the first. */
    static double rms(float[] a, float[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference += (double) (a[i] - b[i]) * (a[i] - b[i]);
            norm += (double) a[i] * a[i];
        }
        return Math.sqrt(difference / norm);
    }
}
