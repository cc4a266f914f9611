package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;

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
    @Completion(PathCompleter.Tensors.class)
    private String initialLatents;

    @Option(name = "--restore-from", description = "A quantized checkpoint, run on libtorch with fake quantization; with --engine, "
        + "exported, built and run there")
    @Completion(PathCompleter.Tensors.class)
    private String restoreFrom;

    @Option(name = "--onnx-load-path", description = "An exported model, or its folder, run on the engine; with --engine, built first")
    @Completion(PathCompleter.Models.class)
    private String onnxLoadPath;

    @Option(name = "--engine-path", aliases = {"--trt-engine-load-path", "--trt_engine-path"},
        description = "An engine file that build wrote")
    @Completion(PathCompleter.Engines.class)
    private String enginePath;

    @Option(name = "--engine", description = "Which engine runs the backbone; what is not given of exported model and engine file is made and kept",
        valueToShowInHelp = "libtorch, or the configured one, usually " + EngineChoice.USUAL_ENGINE + ", for an exported model or engine file")
    @Completion(EngineCompleter.class)
    private String engine;

    @Option(name = "--engine-cache", description = "Folder to keep exports and engines in that --engine makes",
        valueToShowInHelp = "the configured one, usually engines in HALFTONE_DATA, or halftone/engines in the user's cache")
    @Completion(PathCompleter.Folders.class)
    private String engineCache;

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

    /**
     * Where what is made is kept; empty for the configured folder.
     *
     * @param choices the backbones of the command
     */
    final String engineCache(EngineChoice... choices) {
        if (engineCache != null && Stream.of(choices).noneMatch(EngineChoice::isMade)) {
            throw new IllegalArgumentException("engine-cache: found it without an engine; expected --engine too");
        }
        if (engineCache != null && Stream.of(choices).noneMatch(choice -> choice.isMade() && choice.engineFile().isEmpty())) {
            throw new IllegalArgumentException("engine-cache: found it beside an engine file, with which nothing is made; expected one of both");
        }
        return path("engine-cache", engineCache);
    }

    /** The pipeline, computed in what suits a backbone that is made for an engine where no type was given. */
    final PipelineSource source(BackboneChoice backbone) {
        PipelineSource source = source();
        if (isTypeGiven() || !(backbone instanceof BackboneChoice.Built built)) {
            return source;
        }
        return new PipelineSource(source.path(), source.model(), halftone.computeType(source, built), source.loras(), source.leaveLoras(),
            source.device());
    }

    final EngineChoice choice() {
        return new EngineChoice("--", path("restore-from", restoreFrom), path("onnx-load-path", onnxLoadPath), path("engine-path",
            enginePath), engine, engineOptions(), halftone.defaults());
    }
}
