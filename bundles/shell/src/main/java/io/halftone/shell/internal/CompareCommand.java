package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.PipelineSource;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Makes the same pictures with two backbones. */
@Service
@Command(scope = "halftone", name = "compare", description = "Makes the same pictures with two backbones: PSNR, SSIM, latency of both",
    detailedDescription = "classpath:compare.txt")
public final class CompareCommand extends SamplingCommand {
    @Option(name = "--reference-restore-from", description = "For the backbone to compare with: a quantized checkpoint",
        valueToShowInHelp = "full precision")
    @Completion(PathCompleter.Tensors.class)
    private String referenceRestoreFrom;

    @Option(name = "--reference-onnx-load-path", description = "For the backbone to compare with: an exported model or its folder")
    @Completion(PathCompleter.Models.class)
    private String referenceOnnxLoadPath;

    @Option(name = "--reference-engine-path", description = "For the backbone to compare with: an engine file")
    @Completion(PathCompleter.Engines.class)
    private String referenceEnginePath;

    @Option(name = "--reference-engine", description = "For the backbone to compare with: which engine runs it, as --engine",
        valueToShowInHelp = "as --engine")
    @Completion(EngineCompleter.class)
    private String referenceEngine;

    @Option(name = "--runs", description = "Calls of each backbone to time after warming up",
        valueToShowInHelp = "those that make the pictures")
    private Integer runs;

    @Option(name = "--out", description = "Folder for the pictures", valueToShowInHelp = "halftone-out/MODEL in the current folder")
    @Completion(PathCompleter.Folders.class)
    private String directory;

    @Override
    Report report() throws Exception {
        String onnx = path("reference-onnx-load-path", referenceOnnxLoadPath);
        String engineFile = path("reference-engine-path", referenceEnginePath);
        boolean onEngine = !onnx.isEmpty() || !engineFile.isEmpty() || referenceEngine != null;
        var reference = new EngineChoice("--reference-", path("reference-restore-from", referenceRestoreFrom), onnx, engineFile,
            referenceEngine, onEngine ? engineOptions() : Map.of(), halftone.defaults());
        EngineChoice candidate = choice();
        if (!candidate.isGiven() && !candidate.isMade()) {
            throw new IllegalArgumentException("candidate: found none; expected one of --restore-from, --onnx-load-path, --engine-path, "
                + "--engine");
        }
        String cache = engineCache(candidate, reference);
        BackboneChoice backbone = candidate.backbone(cache);
        PipelineSource source = source(backbone);
        var request = new CompareRequest(source, reference.backbone(cache), backbone, sampling(),
            path("out", Given.orElse(directory, "halftone-out/" + label(source))), Given.orUsual("runs", runs));
        CompareResult result = await(progress -> halftone.compare(request, progress));
        return PictureReports.of(result);
    }
}
