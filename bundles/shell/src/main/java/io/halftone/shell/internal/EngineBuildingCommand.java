package io.halftone.shell.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command that takes trtexec's options of a build, in its spelling and in this program's. */
abstract class EngineBuildingCommand extends JobCommand {
    static final String TENSORRT = "tensorrt";

    private static final Pattern POOL = Pattern.compile("workspace:(\\d{1,9})([BKMG]?)");
    private static final Map<String, Long> BYTES = Map.of("B", 1L, "K", 1L << 10, "M", 1L << 20, "", 1L << 20, "G", 1L << 30);

    @Option(name = "--min-shapes", aliases = "--minShapes", description = "Least shapes of the engine's inputs, such as sample:2x4x128x128,timestep:1; "
        + "one of the three options alone stands for all", valueToShowInHelp = "by --extent, --model or the model file")
    private String minShapes;

    @Option(name = "--opt-shapes", aliases = "--optShapes", description = "Shapes to tune for", valueToShowInHelp = "as --min-shapes")
    private String optShapes;

    @Option(name = "--max-shapes", aliases = "--maxShapes", description = "Greatest shapes", valueToShowInHelp = "as --min-shapes")
    private String maxShapes;

    @Option(name = "--builder-optimization-level", aliases = "--builderOptimizationLevel", description = "How hard to look for fast kernels, 0 to 5",
        valueToShowInHelp = "the engine's usual level: 4")
    @Completion(value = StringsCompleter.class, values = {"0", "1", "2", "3", "4", "5"})
    private Integer level;

    @Option(name = "--workspace", description = "Scratch memory that a layer may take, MiB", valueToShowInHelp = "all that the GPU has")
    private Integer workspace;

    @Option(name = "--memPoolSize", description = "--workspace as trtexec has it: workspace:4096, workspace:4G",
        valueToShowInHelp = "as --workspace")
    private String memPoolSize;

    @Option(name = "--timing-cache", aliases = "--timingCacheFile", description = "File to keep timings in between builds, or none",
        valueToShowInHelp = "timing.cache beside the engine")
    @Completion(PathCompleter.Any.class)
    private String timingCache;

    @Option(name = "--device", description = "GPU that the engine is built and tuned on: 0, 1 ..., or cuda, cuda:1 ...", valueToShowInHelp = "0")
    @Completion(value = StringsCompleter.class, values = {"cuda", "cuda:0", "0"})
    private String device;

    @Option(name = "--strongly-typed", aliases = "--stronglyTyped", description = "Take types from the model: every engine does")
    private boolean stronglyTyped;

    @Option(name = "--fp8", description = "Taken as trtexec's; without effect, as types come from the model")
    private boolean fp8;

    @Option(name = "--bf16", description = "As --fp8")
    private boolean bf16;

    @Option(name = "--fp16", description = "As --fp8")
    private boolean fp16;

    @Option(name = "--int8", description = "As --fp8")
    private boolean int8;

    @Option(name = "--skipInference", description = "Build alone: every build does")
    private boolean skipInference;

    @Option(name = "--verbose", description = "Say where the library's messages are; it writes all of them there in any case")
    private boolean verbose;

    @Option(name = "--profilingVerbosity", description = "What the engine tells of its layers: detailed, which every build has",
        valueToShowInHelp = "detailed")
    @Completion(value = StringsCompleter.class, values = "detailed")
    private String profilingVerbosity;

    /** Whether any option was given that is trtexec's alone. */
    final boolean hasTrtexecOptions() {
        return !trtexecOptions().isEmpty();
    }

    /** The engine builder's options that were given, by its names. */
    final Map<String, String> builderOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        put(options, "min-shapes", minShapes);
        put(options, "opt-shapes", optShapes);
        put(options, "max-shapes", maxShapes);
        put(options, "builder-optimization-level", level);
        if (memPoolSize != null) {
            Given.atMostOne("scratch memory", "workspace", workspace == null ? null : "", "memPoolSize", memPoolSize);
            put(options, "workspace", mebibytes(memPoolSize));
        }
        put(options, "workspace", workspace);
        put(options, "timing-cache", "none".equals(timingCache) || timingCache == null ? timingCache : path("timing-cache", timingCache));
        put(options, "device", device);
        put(options, "strongly-typed", stronglyTyped ? "true" : null);
        return options;
    }

    private static void put(Map<String, String> options, String name, Object value) {
        if (value != null) {
            options.put(name, value.toString());
        }
    }

    private static Long mebibytes(String pool) {
        Matcher size = POOL.matcher(pool);
        if (!size.matches()) {
            throw new IllegalArgumentException("memPoolSize: found " + pool + "; expected workspace:SIZE, with B, K, M or G behind it");
        }
        long mebi = BYTES.get("M");
        return (Long.parseLong(size.group(1)) * BYTES.get(size.group(2)) + mebi - 1) / mebi;
    }

    /**
     * Refuses what trtexec has and another engine has not, and says what is taken without effect.
     *
     * @throws IllegalArgumentException naming the option
     */
    final void checkTrtexecOptions(String engine) {
        trtexecOptions().forEach(name -> expectTensorRt(name, engine));
        if (profilingVerbosity != null && !profilingVerbosity.equals("detailed")) {
            throw new IllegalArgumentException("profilingVerbosity: found " + profilingVerbosity + "; expected detailed, which every build has");
        }
        List<String> types = new ArrayList<>(trtexecOptions());
        types.retainAll(List.of("fp8", "bf16", "fp16", "int8"));
        if (!types.isEmpty()) {
            note("note: " + String.join(", ", types) + ": without effect, as the engine takes its types from the model");
        }
        if (verbose) {
            note("note: the library's messages are in the log, io.halftone.tensorrt at level DEBUG");
        }
    }

    static void expectTensorRt(String option, String engine) {
        if (!engine.equals(TENSORRT)) {
            throw new IllegalArgumentException(option + ": found an option that engine " + engine + " does not honour; expected engine "
                + TENSORRT);
        }
    }

    private List<String> trtexecOptions() {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("fp8", fp8);
        given.put("bf16", bf16);
        given.put("fp16", fp16);
        given.put("int8", int8);
        given.put("skipInference", skipInference);
        given.put("verbose", verbose);
        given.put("profilingVerbosity", profilingVerbosity != null);
        given.put("memPoolSize", memPoolSize != null);
        given.values().removeIf(isGiven -> !isGiven);
        return List.copyOf(given.keySet());
    }
}
