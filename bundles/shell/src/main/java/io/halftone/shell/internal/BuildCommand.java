package io.halftone.shell.internal;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.model.ModelSignature.Extent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;

/** Builds an engine of an exported model. */
@Service
@Command(scope = "halftone", name = "build", description = "Builds an engine of an exported model",
    detailedDescription = "classpath:build.txt")
public final class BuildCommand extends JobCommand {
    private static final Pattern EXTENT = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(\\d{1,9}),(\\d{1,9}),(\\d{1,9})");

    @Option(name = "--onnx-load-path", aliases = "--onnx-dir", description = "The exported model, or its folder", required = true)
    @Completion(FileCompleter.class)
    private String onnxLoadPath;

    @Option(name = "--engine", description = "Which engine to build for")
    @Completion(PluginCompleter.Engines.class)
    private String engine = EngineChoice.USUAL_ENGINE;

    @Option(name = "--engine-path", aliases = {"--trt-engine-load-path", "--trt_engine-path"}, description = "The engine file to write",
        valueToShowInHelp = "backbone.plan beside the model")
    @Completion(FileCompleter.class)
    private String enginePath;

    @Option(name = "--extent", description = "Least, usual and greatest extent of a named dimension, such as batch=2,2,8",
        multiValued = true, valueToShowInHelp = "that of --model, or else the model file's own")
    private List<String> extents = List.of();

    @Option(name = "--model", description = "Preset whose extents the engine is for, see presets", valueToShowInHelp = "none")
    @Completion(PresetCompleter.class)
    private String model;

    @Option(name = "--threads", description = "Threads that the engine computes with", valueToShowInHelp = "the engine's usual number")
    private Integer threads;

    @Override
    Report report() throws Exception {
        var request = new BuildRequest(path("onnx-load-path", onnxLoadPath), engine, path("engine-path", enginePath), extents(),
            options(threads));
        BuildResult result = await(progress -> halftone.build(request, progress));
        return BuildReport.of(result);
    }

    /** The engine builder's options; null stands for what was not given. */
    static Map<String, String> options(Integer threads) {
        return threads == null ? Map.of() : Map.of("threads", Integer.toString(Given.orUsual("threads", threads)));
    }

    private Map<String, Extent> extents() {
        Map<String, Extent> byName = new LinkedHashMap<>(model == null ? Map.of() : halftone.extents(model));
        for (String text : extents) {
            Matcher extent = EXTENT.matcher(text);
            if (!extent.matches()) {
                throw new IllegalArgumentException("extent: found " + text + "; expected name=least,usual,greatest");
            }
            byName.put(extent.group(1), new Extent(Long.parseLong(extent.group(2)), Long.parseLong(extent.group(3)),
                Long.parseLong(extent.group(4))));
        }
        return byName;
    }
}
