package io.halftone.shell.internal;

import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Writes a backbone as ONNX. */
@Service
@Command(scope = "halftone", name = "export", description = "Writes the backbone as ONNX: a quantized checkpoint's, or the pipeline's own",
    detailedDescription = "classpath:export.txt")
public final class ExportCommand extends ComputingCommand {
    @Option(name = "--restore-from", description = "A quantized checkpoint", valueToShowInHelp = "none: full precision")
    @Completion(PathCompleter.Tensors.class)
    private String restoreFrom;

    @Option(name = "--onnx-dir", description = "Folder to write backbone.onnx and backbone.onnx_data to", required = true)
    @Completion(PathCompleter.Folders.class)
    private String onnxDir;

    @Option(name = "--onnx-weights", description = "How quantized weights are stored: quantized (INT8), or qdq (float, with a Q/DQ pair)",
        valueToShowInHelp = "the exporter's usual way")
    @Completion(value = StringsCompleter.class, values = {"quantized", "qdq"})
    private String onnxWeights;

    @Option(name = "--ids-rank", description = "Dimensions of FLUX's img_ids and txt_ids: 2, or 3 with a batch before them, as diffusers had "
        + "them before 0.31", valueToShowInHelp = "2")
    @Completion(value = StringsCompleter.class, values = {"2", "3"})
    private Integer idsRank;

    @Override
    Report report() throws Exception {
        if (onnxWeights != null && restoreFrom == null) {
            throw new IllegalArgumentException("onnx-weights: found it for a model in full precision, which has no quantized weights; expected "
                + "restore-from too");
        }
        var request = new ExportRequest(source(), path("restore-from", restoreFrom), path("onnx-dir", onnxDir), halftone.defaults().exporter(),
            options(onnxWeights, idsRank));
        ExportResult result = await(progress -> halftone.export(request, progress));
        return ExportReport.of(result);
    }

    /** The options of an export; null stands for what was not given. */
    static Map<String, String> options(String weights, Integer idsRank) {
        Map<String, String> options = new LinkedHashMap<>();
        if (weights != null) {
            options.put("weights", weights);
        }
        if (idsRank != null) {
            options.put("ids-rank", idsRank.toString());
        }
        return options;
    }
}
