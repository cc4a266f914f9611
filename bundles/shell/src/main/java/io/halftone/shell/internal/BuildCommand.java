package io.halftone.shell.internal;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Builds an engine of an exported model. */
@Service
@Command(scope = "halftone", name = "build", description = "Builds an engine of an exported model; takes trtexec's command lines",
    detailedDescription = "classpath:build.txt")
public final class BuildCommand extends EngineBuildingCommand {
    private static final String LAYERS = ".layers.json";

    @Option(name = "--onnx-load-path", aliases = "--onnx-dir", description = "The exported model, or its folder")
    @Completion(PathCompleter.Models.class)
    private String onnxLoadPath;

    @Option(name = "--onnx", description = "--onnx-load-path as trtexec has it; the engine is tensorrt then, if no other is asked for")
    @Completion(PathCompleter.Models.class)
    private String onnx;

    @Option(name = "--engine", description = "Which engine to build for", valueToShowInHelp = EngineChoice.ENGINE_USUALLY
        + ", or tensorrt where options are given that only it has")
    @Completion(EngineCompleter.class)
    private String engine;

    @Option(name = "--engine-path", aliases = {"--trt-engine-load-path", "--trt_engine-path"},
        description = "The engine file to write; with --layout its folder", valueToShowInHelp = "backbone.plan beside the model")
    @Completion(PathCompleter.Engines.class)
    private String enginePath;

    @Option(name = "--saveEngine", description = "--engine-path as trtexec has it; the engine is tensorrt then, if no other is asked for",
        valueToShowInHelp = "as --engine-path")
    @Completion(PathCompleter.Engines.class)
    private String saveEngine;

    @Option(name = "--extent", description = "Least, usual and greatest extent of a named dimension, such as batch=2,2,8",
        multiValued = true, valueToShowInHelp = "that of --model, or else the model file's own")
    private List<String> extents = List.of();

    @Option(name = "--model", description = "Preset whose extents the engine is for, see presets", valueToShowInHelp = "none")
    @Completion(PresetCompleter.class)
    private String model;

    @Option(name = "--threads", description = "Threads that the engine computes with", valueToShowInHelp = "the engine's usual number")
    private Integer threads;

    @Option(name = "--layout", description = "Write the engine as another program takes it: demo-diffusion, that of TensorRT's demo/Diffusion")
    @Completion(value = StringsCompleter.class, values = "demo-diffusion")
    private String layout;

    @Option(name = "--layout-version", description = "tensorrt.__version__ of the Python package that runs the engine, for its name",
        valueToShowInHelp = "that of the library that builds")
    private String layoutVersion;

    @Option(name = "--exportLayerInfo", description = "File to copy the engine's own list of its layers to")
    @Completion(PathCompleter.Json.class)
    private String exportLayerInfo;

    @Option(name = "--trtexec", description = "Build nothing; print trtexec's command line for the same engine")
    private boolean trtexec;

    @Option(name = "--trtexec-version", description = "--trtexec for that major version of TensorRT: 9, 10, 11 ...",
        valueToShowInHelp = "the version here, or 10")
    @Completion(value = StringsCompleter.class, values = {"9", "10", "11"})
    private Integer trtexecVersion;

    @Override
    Report report() throws Exception {
        BuildRequest request = request();
        checkTrtexecOptions(request.engine());
        if (exportLayerInfo != null) {
            expectTensorRt("exportLayerInfo", request.engine());
        }
        if (isPrinting()) {
            Given.atMostOne("output", "trtexec", "", "exportLayerInfo", exportLayerInfo);
            String line = halftone.buildCommand(request, Given.orUsual("trtexec-version", trtexecVersion));
            return new Report(Map.of("command", line), out -> out.println(line));
        }
        String layers = outputFile("exportLayerInfo", exportLayerInfo);
        BuildResult result = await(progress -> halftone.build(request, progress));
        if (!layers.isEmpty()) {
            exportLayers(result, Path.of(layers));
        }
        return BuildReport.of(result);
    }

    private BuildRequest request() {
        Given.atMostOne("model", "onnx-load-path", onnxLoadPath, "onnx", onnx);
        Given.atMostOne("engine file", "engine-path", enginePath, "saveEngine", saveEngine);
        String source = path("onnx-load-path", Given.orElse(onnxLoadPath, onnx));
        if (source.isEmpty()) {
            throw new IllegalArgumentException("model: found none; expected one of --onnx-load-path, --onnx-dir, --onnx");
        }
        Map<String, String> options = new LinkedHashMap<>(options(threads));
        options.putAll(builderOptions());
        if (layout != null) {
            options.put("layout", layout);
        }
        if (layoutVersion != null) {
            options.put("layout-version", layoutVersion);
        }
        boolean its = onnx != null || saveEngine != null || isPrinting() || hasTrtexecOptions() || exportLayerInfo != null
            || !options.isEmpty() && threads == null;
        String file = target(source, path("engine-path", Given.orElse(enginePath, saveEngine)));
        return new BuildRequest(source, Given.orElse(engine, its ? TENSORRT : halftone.defaults().engine()),
            layout == null || file.isEmpty() || file.endsWith("/") ? file : file + "/", new ExtentOptions(extents, model).by(halftone), options);
    }

    /** Beside the model where nothing is said, as long as the command may write there; else in the folder that it works in. */
    private String target(String source, String given) {
        if (!given.isEmpty()) {
            return given;
        }
        Path model = Path.of(source);
        Path beside = Files.isDirectory(model) ? model : model.getParent();
        try {
            path("engine-path", beside.resolve("backbone.plan").toString());
            return "";
        } catch (IllegalArgumentException e) {
            return folders.current() + "/";
        }
    }

    private boolean isPrinting() {
        return trtexec || trtexecVersion != null;
    }

    private static void exportLayers(BuildResult result, Path target) throws IOException {
        Path layers = result.report().files().stream().filter(file -> file.toString().endsWith(LAYERS)).findFirst().orElseThrow(
            () -> new IllegalStateException("exportLayerInfo: found no list of layers among " + result.report().files() + "; expected one"));
        Staging.write(target, Files.readAllBytes(layers));
    }

    /** The engine builder's options; null stands for what was not given. */
    static Map<String, String> options(Integer threads) {
        return threads == null ? Map.of() : Map.of("threads", Integer.toString(Given.orUsual("threads", threads)));
    }
}
