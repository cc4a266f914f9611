package io.halftone.shell.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanResult;
import io.halftone.pipeline.Advice;
import io.halftone.quant.PlanRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command that calibrates. */
abstract class CalibrationCommand extends DeviceCommand {
    private static final String ADVISED = "as advised for the model or the format, see presets";

    private static final String UNUSED = "the algorithm uses it for none of the layers that are quantized";

    @Option(name = "--format", description = Quantization.FORMAT_HELP, valueToShowInHelp = Quantization.FORMAT_USUALLY)
    @Completion(PluginCompleter.Formats.class)
    private String format;

    @Option(name = "--quant-level", description = Quantization.LEVEL_HELP, valueToShowInHelp = Quantization.USUAL_LEVEL)
    @Completion(value = StringsCompleter.class, values = {"1", "2", "2.5", "3", "4"})
    private String quantLevel;

    @Option(name = "--quantize-mha", description = "Quantize the products of attentions too: --quant-level 4")
    private boolean quantizeMha;

    @Option(name = "--policy", description = Quantization.POLICY_HELP, valueToShowInHelp = Quantization.POLICY_USUALLY)
    @Completion(PluginCompleter.Policies.class)
    private String policy;

    @Option(name = "--quant-algo", description = "Algorithm", valueToShowInHelp = ADVISED)
    @Completion(PluginCompleter.Algorithms.class)
    private String quantAlgo;

    @Option(name = "--alpha", description = "How much of the activations' range SmoothQuant moves into the weights, 0 to 1",
        valueToShowInHelp = ADVISED)
    private Double alpha;

    @Option(name = "--lowrank", description = "Rank of the product that SVDQuant keeps in full precision", valueToShowInHelp = ADVISED)
    private Integer lowrank;

    @Option(name = "--collect-method", description = "Collector of activation ranges", valueToShowInHelp = ADVISED)
    @Completion(PluginCompleter.Collectors.class)
    private String collectMethod;

    @Option(name = "--percentile", description = "The first fraction of denoising steps that counts, over 0 to 1",
        valueToShowInHelp = ADVISED)
    private Double percentile;

    @Option(name = "--reference-compatible",
        description = "Take the collector and the algorithm of those names that repeat the Python example's arithmetic: reference-NAME; "
            + "default is reference-max")
    private boolean referenceCompatible;

    @Option(name = "--calib-size", description = "Prompts to calibrate with", valueToShowInHelp = ADVISED)
    private Integer calibSize;

    @Option(name = "--batch-size", description = "Prompts that run together", valueToShowInHelp = ADVISED)
    private Integer batchSize;

    @Option(name = "--n-steps", description = "Denoising steps for each prompt", valueToShowInHelp = ADVISED)
    private Integer steps;

    @Option(name = "--guidance-scale", description = "How strongly prompts guide while calibrating",
        valueToShowInHelp = "the pipeline's usual one")
    private Double guidanceScale;

    @Option(name = "--height", description = "Pixels while calibrating", valueToShowInHelp = "the pipeline's usual height")
    private Integer height;

    @Option(name = "--width", description = "Pixels while calibrating", valueToShowInHelp = "the pipeline's usual width")
    private Integer width;

    @Option(name = "--seed", description = "Fixes the noise", valueToShowInHelp = "0")
    private long seed;

    @Option(name = "--prompts-file", description = "UTF-8 file of one prompt a line",
        valueToShowInHelp = "the pipeline folder's own list, or a built-in one")
    @Completion(PathCompleter.Any.class)
    private String promptsFile;

    @Option(name = "--leave-loras", description = "Leave LoRA files aside that lie in the pipeline folder unfused; else they are refused")
    private boolean leaveLoras;

    @Option(name = "--workers", description = "Batches that run at a time, each on one thread; any number gives the same bytes",
        valueToShowInHelp = "as many as processors and memory allow")
    private Integer workers;

    @Option(name = "--distribute", description = DistributedParts.DISTRIBUTE_HELP, valueToShowInHelp = DistributedParts.DISTRIBUTE_USUALLY)
    @Completion(PluginCompleter.Distributors.class)
    private String distribute;

    /** The pipeline to calibrate. */
    final PipelineSource calibrated() {
        return source("", leaveLoras);
    }

    /**
     * What was given about quantization.
     *
     * @param otherwise the format where none was given; null for none
     */
    final Quantization quantization(String otherwise, PlanRecipe recipe) {
        return new Quantization(format == null ? otherwise : format, quantLevel, quantizeMha, policy, quantAlgo, alpha, lowrank,
            collectMethod,
            percentile, referenceCompatible, recipe);
    }

    /** The runs, of advised sizes where none were given. */
    final CalibrationSettings calibration(Advice advice) {
        return new CalibrationSettings(List.of(), path("prompts-file", promptsFile), calibSize == null ? advice.calibSize() : calibSize,
            batchSize == null ? advice.batchSize() : batchSize, steps == null ? advice.steps() : steps,
            Given.orUsual("guidance-scale", guidanceScale), Given.orUsual("height", height), Given.orUsual("width", width), seed);
    }

    /** Where work runs, and which part of it: as written, 3/8; null for all. */
    final DistributedParts parts(String slice) {
        return new DistributedParts(Given.orElse(distribute, halftone.defaults().distributor()), slice);
    }

    /**
     * What to say of the options that were given and change nothing, a line each.
     *
     * @param idle      as a plan or a search has it
     * @param isRunning whether prompts are run even where none is calibrated with
     */
    final List<String> idleOptions(Set<String> idle, boolean isRunning) {
        List<String> lines = new ArrayList<>();
        addIdle(lines, idle.contains("alpha"), UNUSED, "alpha", alpha);
        addIdle(lines, idle.contains("rank"), UNUSED, "lowrank", lowrank);
        addIdle(lines, idle.contains(PlanResult.PERCENTILE), "the collector looks at every step", "percentile", percentile);
        addIdle(lines, idle.contains(PlanResult.CALIBRATION) && !isRunning, "weights alone are quantized, and no prompt is run", "calib-size", calibSize,
            "batch-size", batchSize, "n-steps", steps, "guidance-scale", guidanceScale, "height", height, "width", width, "seed", seed == 0 ? null : seed,
            "prompts-file", promptsFile, "workers", workers, "distribute", distribute);
        return lines;
    }

    /** The same of the collector. */
    final List<String> idleCollector(Set<String> idle) {
        List<String> lines = new ArrayList<>();
        addIdle(lines, idle.contains(PlanResult.COLLECTOR), "every layer that is quantized is observed in its algorithm's own way, or not at all",
            "collect-method", collectMethod);
        return lines;
    }

    private static void addIdle(List<String> lines, boolean isIdle, String reason, Object... optionsAndValues) {
        List<String> given = given(optionsAndValues);
        if (isIdle && !given.isEmpty()) {
            lines.add(String.join(", ", given) + ": no effect here, as " + reason);
        }
    }

    /** Those of the options that have a value. */
    private static List<String> given(Object... optionsAndValues) {
        List<String> given = new ArrayList<>();
        for (int i = 0; i < optionsAndValues.length; i += 2) {
            if (optionsAndValues[i + 1] != null) {
                given.add((String) optionsAndValues[i]);
            }
        }
        return given;
    }

    final int workers() {
        return Given.orUsual("workers", workers);
    }
}
