package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.Job;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.QuantSettings;
import io.halftone.api.Sampling;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** The whole chain with its defaults: calibrate, quantize, checkpoint, ONNX, engine, pictures. */
@Service
@Command(scope = "halftone", name = "quickstart",
    description = "Runs the whole chain: calibrate, quantize, checkpoint, ONNX, engine, and pictures beside full precision",
    detailedDescription = "classpath:quickstart.txt")
public final class QuickstartCommand extends DeviceCommand {
    private static final String EMBEDDED_MODEL = "tiny-sdxl";
    /** Enough for the tail of the latency to be seen. */
    private static final int TIMED_RUNS = 20;
    private static final int BATCH = 2;

    @Option(name = "--format", description = Quantization.FORMAT_HELP)
    @Completion(PluginCompleter.Formats.class)
    private String format = Quantization.USUAL_FORMAT;

    @Option(name = "--quant-level", description = Quantization.LEVEL_HELP)
    @Completion(value = StringsCompleter.class, values = {"1", "2", "2.5", "3", "4"})
    private String quantLevel = Quantization.USUAL_LEVEL;

    @Option(name = "--calib-size", description = "Prompts to calibrate with")
    private int calibSize = 16;

    @Option(name = "--n-steps", description = "Denoising steps, while calibrating and for the pictures")
    private int steps = 20;

    @Option(name = "--seed", description = "Fixes the noise", valueToShowInHelp = "0")
    private long seed;

    @Option(name = "--prompt", description = "What the picture shows")
    private String prompt = "a large red circle on the left of a blue background";

    @Option(name = "--threads", description = "Threads that the engine computes with", valueToShowInHelp = "the engine's usual number")
    private Integer threads;

    @Option(name = "--out", description = "Folder for all files", valueToShowInHelp = "halftone-out/MODEL in the current folder")
    @Completion(PathCompleter.Folders.class)
    private String directory;

    @Override
    Report report() throws Exception {
        PipelineSource source = source(EMBEDDED_MODEL, false);
        QuantSettings settings = Quantization.usual(format, quantLevel).settings(halftone, source.model());
        Path out = Path.of(path("out", Given.orElse(directory, "halftone-out/" + label(source))));
        Map<String, String> engineOptions = BuildCommand.options(threads);
        var calibration = new CalibrationSettings(List.of(), "", calibSize, BATCH, steps, Double.NaN, 0, 0, seed);
        var sampling = new Sampling(List.of(prompt), "", steps, Double.NaN, 0, 0, seed, "");
        String checkpoint = out.resolve(QuantizeCommand.fileName(source, settings)).toString();
        var quantize = QuantizeRequest.of(source, settings, calibration, checkpoint, out.resolve("onnx").toString());

        QuantizeResult quantized = await(progress -> {
            Job<QuantizeResult> job = halftone.quantize(quantize, progress);
            // said once the request is accepted: a refusal stands alone
            note("1 of 3: calibrate, quantize to " + settings.format() + " at level " + settings.level() + ", export");
            return job;
        });
        quantized.notes().forEach(line -> note("note: " + line));
        note("2 of 3: build the engine");
        var build = new BuildRequest(quantized.exports().get(0).model(), EngineChoice.USUAL_ENGINE, "", Map.of(), engineOptions);
        BuildResult built = await(progress -> halftone.build(build, progress));
        note("3 of 3: the same picture in full precision and on the engine");
        var engine = new BackboneChoice.OnEngine(EngineChoice.USUAL_ENGINE, built.report().file().toString(), engineOptions);
        var compare = new CompareRequest(source, BackboneChoice.fullPrecision(), engine, sampling, out.toString(), TIMED_RUNS);
        CompareResult compared = await(progress -> halftone.compare(compare, progress));
        return new QuickstartReport(label(source), quantize, quantized, built, compared).report();
    }
}
