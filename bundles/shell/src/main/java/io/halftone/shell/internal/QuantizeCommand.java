package io.halftone.shell.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.QuantSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Calibrates and quantizes a pipeline's backbone. */
@Service
@Command(scope = "halftone", name = "quantize",
    description = "Calibrates and quantizes a pipeline's backbone: a checkpoint, and ONNX where asked for",
    detailedDescription = "classpath:quantize.txt")
public final class QuantizeCommand extends PipelineCommand {
    @Option(name = "--format", description = "Number format")
    @Completion(PluginCompleter.Formats.class)
    private String format = "int8";

    @Option(name = "--quant-level", description = Quantization.LEVEL_HELP)
    @Completion(value = StringsCompleter.class, values = {"1", "2", "2.5", "3"})
    private String quantLevel = "3";

    @Option(name = "--policy", description = Quantization.POLICY_HELP)
    @Completion(PluginCompleter.Policies.class)
    private String policy = "standard";

    @Option(name = "--quant-algo", description = "Algorithm", valueToShowInHelp = "smoothquant for int8, else max")
    @Completion(PluginCompleter.Algorithms.class)
    private String quantAlgo;

    @Option(name = "--alpha", description = "How much of the activations' range SmoothQuant moves into the weights, 0 to 1",
        valueToShowInHelp = "0.8 with smoothquant")
    private Double alpha;

    @Option(name = "--collect-method", description = "Collector of activation ranges", valueToShowInHelp = "default: the largest magnitude")
    @Completion(PluginCompleter.Collectors.class)
    private String collectMethod;

    @Option(name = "--percentile", description = "The first fraction of denoising steps that counts, over 0 to 1")
    private double percentile = 1;

    @Option(name = "--calib-size", description = "Prompts to calibrate with")
    private int calibSize = 32;

    @Option(name = "--batch-size", description = "Prompts that run together")
    private int batchSize = 2;

    @Option(name = "--n-steps", description = "Denoising steps for each prompt")
    private int steps = 20;

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
    @Completion(FileCompleter.class)
    private String promptsFile;

    @Option(name = "--quantized-torch-ckpt-save-path",
        description = "Checkpoint to write, or a folder for MODEL_LEVEL_FORMAT.safetensors; safetensors whatever its name")
    @Completion(FileCompleter.class)
    private String checkpoint;

    @Option(name = "--onnx-dir", description = "Folder to export to in the same run")
    @Completion(FileCompleter.class)
    private String onnxDir;

    @Option(name = "--onnx-weights",
        description = "How the export stores quantized weights: quantized (INT8), or qdq (float, with a Q/DQ pair)",
        valueToShowInHelp = "the exporter's usual way")
    @Completion(value = StringsCompleter.class, values = {"quantized", "qdq"})
    private String onnxWeights;

    @Override
    Report report() throws Exception {
        PipelineSource source = source();
        QuantSettings settings = new Quantization(format, quantLevel, policy, quantAlgo, alpha, collectMethod, percentile).settings();
        var calibration = new CalibrationSettings(List.of(), path("prompts-file", promptsFile), calibSize, batchSize, steps,
            Given.orUsual("guidance-scale", guidanceScale), Given.orUsual("height", height), Given.orUsual("width", width), seed);
        var request = new QuantizeRequest(source, settings, calibration, checkpoint(source, settings), path("onnx-dir", onnxDir),
            ExportCommand.options(onnxWeights));
        QuantizeResult result = await(progress -> halftone.quantize(request, progress));
        if (result.checkpoint().endsWith(".pt")) {
            note("note: " + result.checkpoint() + ": its content is safetensors");
        }
        return new Report(Values.of(result), out -> Text.print(result, out));
    }

    private String checkpoint(PipelineSource source, QuantSettings settings) {
        String file = path("quantized-torch-ckpt-save-path", checkpoint);
        return !file.isEmpty() && Files.isDirectory(Path.of(file)) ? Path.of(file, fileName(source, settings)).toString() : file;
    }

    /** The usual name of a checkpoint. */
    static String fileName(PipelineSource source, QuantSettings settings) {
        return label(source) + "_" + settings.level() + "_" + settings.format() + ".safetensors";
    }
}
