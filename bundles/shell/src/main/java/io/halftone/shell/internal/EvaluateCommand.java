package io.halftone.shell.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateResult;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import io.halftone.files.TextLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Makes the same pictures with several variants of a backbone, compares them with full precision, and writes a report. */
@Service
@Command(scope = "halftone", name = "evaluate",
    description = "Compares variants of a backbone with full precision on prompts and seeds: a report to look at, JSON, CSV",
    detailedDescription = "classpath:evaluate.txt")
public final class EvaluateCommand extends DeviceCommand {
    @Option(name = "--variants",
        description = "What to compare with full precision, with commas between: FORMAT:LEVEL, FORMAT:LEVEL:ALGORITHM, a "
        + "checkpoint or a folder with one, or full; with @ENGINE behind it, on that engine. A level of * stands for every one that quantizes something",
        required = true)
    private String variants;

    @Option(name = "--prompts-file", description = "UTF-8 file of one prompt a line", required = true)
    @Completion(PathCompleter.Any.class)
    private String promptsFile;

    @Option(name = "--seeds", description = "Seeds of the noise, with commas between; each prompt gets a picture of each")
    private String seeds = "0";

    @Option(name = "--out", description = "Folder to write to; an evaluation that was stopped there goes on",
        valueToShowInHelp = "halftone-out/MODEL-evaluation in the current folder")
    @Completion(PathCompleter.Folders.class)
    private String directory;

    @Option(name = "--negative-prompt", description = "What no picture should show")
    private String negativePrompt;

    @Option(name = "--num-inference-steps", description = "Denoising steps", valueToShowInHelp = "the pipeline's usual number")
    private Integer steps;

    @Option(name = "--guidance-scale", description = "How strongly prompts guide", valueToShowInHelp = "the pipeline's usual one")
    private Double guidanceScale;

    @Option(name = "--height", description = "Pixels", valueToShowInHelp = "the pipeline's usual height")
    private Integer height;

    @Option(name = "--width", description = "Pixels", valueToShowInHelp = "the pipeline's usual width")
    private Integer width;

    @Option(name = "--batch-size", description = "Pictures that are made together")
    private int batchSize = 1;

    @Option(name = "--tiled-vae", description = "Decode large pictures in overlapping tiles")
    private boolean tiledVae;

    @Option(name = "--calib-size", description = "Prompts to calibrate with, of the pipeline folder's own list or the built-in one")
    private int calibSize = 16;

    @Option(name = "--calib-batch-size", description = "Calibration prompts that run together")
    private int calibBatchSize = 2;

    @Option(name = "--n-steps", description = "Denoising steps for each calibration prompt")
    private int calibSteps = 20;

    @Option(name = "--workers", description = "Calibration batches that run at a time, each on one thread; any number gives the same bytes",
        valueToShowInHelp = "as many as processors and memory allow")
    private Integer workers;

    @Option(name = "--slice", description = "Make one part of each variant's pictures alone, such as 3/8, and no report: for several processes that share "
        + "the folder, and a last run without it", valueToShowInHelp = "all")
    private String slice;

    @Option(name = "--distribute", description = DistributedParts.DISTRIBUTE_HELP, valueToShowInHelp = DistributedParts.DISTRIBUTE_USUALLY)
    @Completion(PluginCompleter.Distributors.class)
    private String distribute;

    @Option(name = "--engine-cache", description = "Folder to keep exports and engines in",
        valueToShowInHelp = "the configured one, usually engines in HALFTONE_DATA, or halftone/engines in the user's cache")
    @Completion(PathCompleter.Folders.class)
    private String engineCache;

    @Option(name = "--clip-path",
        description = "Folder of a CLIP model as transformers saves it: the score of each picture and its prompt is measured")
    @Completion(PathCompleter.Folders.class)
    private String clipPath;

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
        PipelineSource source = source();
        List<String> prompts = TextLines.read(Path.of(path("prompts-file", promptsFile)), "prompt");
        Sampling sampling = new Sampling(prompts, Given.orElse(negativePrompt, ""), Given.orUsual("num-inference-steps", steps),
            Given.orUsual("guidance-scale", guidanceScale), Given.orUsual("height", height), Given.orUsual("width", width), 0, "", 1,
            tiledVae);
        var calibration = new CalibrationSettings(List.of(), "", calibSize, calibBatchSize, calibSteps, Given.orUsual("guidance-scale",
            guidanceScale),
            Given.orUsual("height", height), Given.orUsual("width", width), 0);
        List<EvaluateRequest.Variant> chosen = new VariantList(halftone, source, text -> path("variants", text)).of(variants);
        if (engineCache != null && chosen.stream().allMatch(variant -> variant.engine().isEmpty())) {
            throw new IllegalArgumentException("engine-cache: found it without an engine; expected @ENGINE behind a variant too");
        }
        var request = new EvaluateRequest(source, chosen, sampling, seedList(), batchSize, calibration, Given.orUsual("workers", workers),
            new GateOptions(minPsnr, minSsim, maxLpips, path("lpips-weights", lpipsWeights)).gate(), path("clip-path", clipPath),
            path("engine-cache", engineCache), path("out", Given.orElse(directory, "halftone-out/" + label(source) + "-evaluation")),
            new DistributedParts(Given.orElse(distribute, halftone.defaults().distributor()), slice).distribution());
        EvaluateResult result = await(progress -> halftone.evaluate(request, progress));
        return EvaluateReport.of(result);
    }

    private List<Long> seedList() {
        List<Long> list = new ArrayList<>();
        for (String seed : seeds.split(",", -1)) {
            try {
                list.add(Long.parseLong(seed.strip()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("seeds: found \"" + seed + "\"; expected whole numbers with commas between", e);
            }
        }
        return list;
    }
}
