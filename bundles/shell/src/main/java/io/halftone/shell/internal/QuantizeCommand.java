package io.halftone.shell.internal;

import io.halftone.api.PipelineSource;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.QuantSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Calibrates and quantizes a pipeline's backbone. */
@Service
@Command(scope = "halftone", name = "quantize",
    description = "Calibrates and quantizes a pipeline's backbone: a checkpoint, and ONNX where asked for",
    detailedDescription = "classpath:quantize.txt")
public final class QuantizeCommand extends CalibrationCommand {
    @Option(name = "--recipe", description = RecipeOption.HELP)
    @Completion(PathCompleter.Recipes.class)
    private String recipe;

    @Option(name = "--trials", description = "Calibrations with seeds of their own, judged on other prompts; the best one is kept")
    private int trials = 1;

    @Option(name = "--slice", description = "Run one part of the batches alone, such as 3/8; needs --stats-out", valueToShowInHelp = "all")
    private String slice;

    @Option(name = "--stats-out", description = "File to keep the calibration's statistics in")
    @Completion(PathCompleter.Any.class)
    private String statsOut;

    @Option(name = "--stats-in",
        description = "Statistics of an earlier run: what they cover is not run again; may be given more than once",
        multiValued = true)
    @Completion(PathCompleter.Any.class)
    private List<String> statsIn = List.of();

    @Option(name = "--quantized-torch-ckpt-save-path",
        description = "Checkpoint to write, or a folder for MODEL_LEVEL_FORMAT.safetensors; safetensors whatever its name")
    @Completion(PathCompleter.Tensors.class)
    private String checkpoint;

    @Option(name = "--hf-ckpt-dir", description = "Folder to write the component to as the Hugging Face hub has it")
    @Completion(PathCompleter.Folders.class)
    private String hubFolder;

    @Option(name = "--checkpoint-form",
        description = "What the checkpoint holds: compact (quantized weights as their codes), full, or state-only (ranges and recipe)",
        valueToShowInHelp = "compact")
    @Completion(value = StringsCompleter.class, values = {"compact", "full", "state-only"})
    private String checkpointForm;

    @Option(name = "--state-only", description = "--checkpoint-form state-only")
    private boolean stateOnly;

    @Option(name = "--compress", description = "--checkpoint-form compact")
    private boolean compress;

    @Option(name = "--max-shard-size", description = "Size above which the checkpoint goes to several files with an index, such as 2GB",
        valueToShowInHelp = "one file")
    private String maxShardSize;

    @Option(name = "--onnx-dir", description = "Folder to export to in the same run")
    @Completion(PathCompleter.Folders.class)
    private String onnxDir;

    @Option(name = "--onnx-weights",
        description = "How the export stores quantized weights: quantized (INT8), or qdq (float, with a Q/DQ pair)",
        valueToShowInHelp = "the exporter's usual way")
    @Completion(value = StringsCompleter.class, values = {"quantized", "qdq"})
    private String onnxWeights;

    @Option(name = "--ids-rank", description = "Dimensions of FLUX's img_ids and txt_ids: 2, or 3 with a batch before them, as diffusers had "
        + "them before 0.31", valueToShowInHelp = "2")
    @Completion(value = StringsCompleter.class, values = {"2", "3"})
    private Integer idsRank;

    @Option(name = "--trt-high-precision-dtype", description = "What stays in high precision in the export; always as --model-dtype",
        valueToShowInHelp = "as --model-dtype")
    @Completion(value = StringsCompleter.class, values = {"Float", "Half", "BFloat16"})
    private String highPrecisionDtype;

    @Option(name = "--min-psnr", description = GateOptions.MIN_PSNR)
    private Double minPsnr;

    @Option(name = "--min-ssim", description = GateOptions.MIN_SSIM)
    private Double minSsim;

    @Option(name = "--max-lpips", description = GateOptions.MAX_LPIPS)
    private Double maxLpips;

    @Option(name = "--lpips-weights", description = GateOptions.LPIPS_WEIGHTS)
    @Completion(PathCompleter.Tensors.class)
    private String lpipsWeights;

    @Override
    Report report() throws Exception {
        if (highPrecisionDtype != null && Given.computeType("trt-high-precision-dtype", highPrecisionDtype) != computeType()) {
            throw new IllegalArgumentException("trt-high-precision-dtype: found " + highPrecisionDtype
                + "; expected the same as model-dtype");
        }
        PipelineSource source = calibrated();
        Quantization quantization = quantization(null, RecipeOption.read(path("recipe", recipe)));
        QuantSettings settings = quantization.settings(halftone, source.model());
        List<String> earlier = statsIn.stream().map(file -> path("stats-in", file)).toList();
        var work = parts(slice).work(workers(), path("stats-out", statsOut), earlier);
        var target = new CheckpointChoice(checkpoint(source, settings), path("hf-ckpt-dir", hubFolder), checkpointForm, stateOnly, compress,
            maxShardSize).target();
        var request = new QuantizeRequest(source, settings, calibration(quantization.advice(halftone, source.model())), work, trials,
            target, path("onnx-dir", onnxDir), ExportCommand.options(onnxWeights, idsRank),
            new GateOptions(minPsnr, minSsim, maxLpips, path("lpips-weights", lpipsWeights)).gate());
        QuantizeResult result = await(progress -> halftone.quantize(request, progress));
        if (result.checkpoint().endsWith(".pt")) {
            note("note: " + result.checkpoint() + ": its content is safetensors");
        }
        List<String> notes = new ArrayList<>(idleOptions(result.plan().idle(), !request.gate().isOpen()));
        notes.addAll(result.notes());
        notes.forEach(line -> note("note: " + line));
        return QuantizeReport.of(request, result, notes);
    }

    private String checkpoint(PipelineSource source, QuantSettings settings) {
        String file = path("quantized-torch-ckpt-save-path", checkpoint);
        return !file.isEmpty() && Files.isDirectory(Path.of(file)) ? Path.of(file, fileName(source, settings)).toString() : file;
    }

    /** The usual name of a checkpoint. */
    static String fileName(PipelineSource source, QuantSettings settings) {
        String level = settings.level().equals(QuantSettings.RULES_ALONE) ? "recipe" : settings.level().name();
        return label(source) + "_" + level + "_" + settings.format() + ".safetensors";
    }
}
