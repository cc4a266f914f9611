package io.halftone.cluster.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.api.SearchRequest;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Jobs over the tiny pipelines that a cluster's members share. */
final class Jobs {
    private static final QuantSettings INT8 = new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of(), "min-mean", 1,
        List.of());

    private Jobs() {}

    /** Runs one: {@code quantize}, {@code evaluate} or {@code search}, over so many prompts, each in a unit. */
    static void run(String job, String distributor, int prompts, Path target, ProgressListener listener) throws Exception {
        switch (job) {
            case "quantize" -> quantize(distributor, prompts, target, listener);
            case "evaluate" -> evaluate(distributor, prompts, target, listener);
            case "search" -> search(distributor, prompts, target, listener);
            default -> throw new IllegalArgumentException("job: found " + job + "; expected quantize, evaluate or search");
        }
    }

    private static List<String> prompts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "a picture of " + i + " circles").toList();
    }

    private static CalibrationSettings runs(int prompts, int of) {
        return new CalibrationSettings(prompts(of), "", prompts, 1, 2, Double.NaN, 64, 64, 5);
    }

    private static PipelineSource tiny() {
        String path = System.getProperty("halftone.cluster.pipeline", "");
        return path.isEmpty() ? Chain.TINY : new PipelineSource(path, "", DType.FLOAT32);
    }

    /** Calibrates, and writes a checkpoint. */
    static void quantize(String distributor, int prompts, Path checkpoint, ProgressListener listener) throws Exception {
        Chain.halftone().quantize(new QuantizeRequest(tiny(), INT8, runs(prompts, prompts), new CalibrationWork(1, 1, 1, "", List.of(), distributor), 1,
            CheckpointTarget.compact(checkpoint.toString()), "", Map.of()), listener).await();
    }

    /** Calibrates, makes a picture of each prompt in full precision and in INT8, and compares them; writes a folder. */
    private static void evaluate(String distributor, int prompts, Path folder, ProgressListener listener) throws Exception {
        Halftone halftone = Chain.halftone();
        halftone.evaluate(new EvaluateRequest(tiny(), List.of(new EvaluateRequest.Quantized("int8:3", INT8, "")),
            new Sampling(prompts(prompts), "", 2, Double.NaN, 64, 64, 0, ""), List.of(1L), 1, runs(4, 4), 0, QualityGate.none(), "",
            folder.resolveSibling("engines").toString(), folder.toString(), new Distribution(distributor, 1, 1)), listener).await();
    }

    /** Searches a recipe for few layers of the tiny SD3, judged with the last prompt; writes it, and beside it a table. */
    private static void search(String distributor, int prompts, Path recipe, ProgressListener listener) throws Exception {
        QuantSettings few = QuantSettings.int8(new QuantLevel("2")).with(QuantSettings.RULES_ALONE,
            List.of(new PlanRule("transformer_blocks.*.ff.*", "", true, "", "", "")));
        Chain.halftone().search(new SearchRequest(new PipelineSource("", "tiny-sd3", DType.FLOAT32), few, List.of(), runs(prompts - 1, prompts),
            new CalibrationWork(1, 1, 1, "", List.of(), distributor), 1, 2, Double.NaN, 0.998, recipe.toString(), recipe + ".csv"), listener).await();
    }
}
