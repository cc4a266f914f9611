package io.halftone.shell.internal;

import io.halftone.api.Sampling;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** A command that makes pictures with a backbone of choice. */
abstract class SamplingCommand extends DeviceCommand {
    @Option(name = "--prompt", description = "What the picture shows; given more than once, the pictures are made together",
        multiValued = true)
    private List<String> prompts = List.of();

    @Option(name = "--negative-prompt", description = "What no picture should show")
    private String negativePrompt;

    @Option(name = "--num-inference-steps", description = "Denoising steps", valueToShowInHelp = "the pipeline's usual number")
    private Integer steps;

    @Option(name = "--guidance-scale", description = "How strongly the prompt guides", valueToShowInHelp = "the pipeline's usual one")
    private Double guidanceScale;

    @Option(name = "--height", description = "Pixels", valueToShowInHelp = "the pipeline's usual height")
    private Integer height;

    @Option(name = "--width", description = "Pixels", valueToShowInHelp = "the pipeline's usual width")
    private Integer width;

    @Option(name = "--seed", description = "Fixes the noise", valueToShowInHelp = "0")
    private long seed;

    @Option(name = "--num-images-per-prompt", description = "Pictures of each prompt")
    private int imagesPerPrompt = 1;

    @Option(name = "--tiled-vae",
        description = "Decode large pictures in overlapping tiles, which takes less memory and changes them somewhat")
    private boolean tiledVae;

    @Option(name = "--initial-latents", description = "A safetensors file whose tensor initial_noise is used in place of drawn noise")
    @Completion(FileCompleter.class)
    private String initialLatents;

    @Option(name = "--restore-from", description = "A quantized checkpoint, run on libtorch with fake quantization")
    @Completion(FileCompleter.class)
    private String restoreFrom;

    @Option(name = "--onnx-load-path", description = "An exported model, or its folder, run on the engine")
    @Completion(FileCompleter.class)
    private String onnxLoadPath;

    @Option(name = "--engine-path", aliases = {"--trt-engine-load-path", "--trt_engine-path"},
        description = "An engine file that build wrote")
    @Completion(FileCompleter.class)
    private String enginePath;

    @Option(name = "--engine", description = "Which engine runs the exported model or engine file",
        valueToShowInHelp = EngineChoice.USUAL_ENGINE)
    @Completion(PluginCompleter.Engines.class)
    private String engine;

    @Option(name = "--threads", description = "Threads that the engine computes with", valueToShowInHelp = "the engine's usual number")
    private Integer threads;

    final Map<String, String> engineOptions() {
        return BuildCommand.options(threads);
    }

    final Sampling sampling() {
        return new Sampling(prompts, Given.orElse(negativePrompt, ""), Given.orUsual("num-inference-steps", steps),
            Given.orUsual("guidance-scale", guidanceScale), Given.orUsual("height", height), Given.orUsual("width", width), seed,
            path("initial-latents", initialLatents), imagesPerPrompt, tiledVae);
    }

    final EngineChoice choice() {
        return new EngineChoice("--", path("restore-from", restoreFrom), path("onnx-load-path", onnxLoadPath), path("engine-path",
            enginePath), engine, engineOptions());
    }
}
