package io.halftone.tensorrt.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The trtexec command that builds the same engine, for those who build where this program is not. */
final class TrtexecCommand {
    /** The first with a strongly typed mode. */
    private static final int FIRST = 9;
    /** From here every network is strongly typed, and the flag is gone with those of precisions. */
    private static final int ALWAYS_TYPED = 11;

    private TrtexecCommand() {}

    /**
     * The command in one line.
     *
     * @param major the first number of TensorRT's version
     * @throws IllegalArgumentException if that version builds no strongly typed engine
     */
    static String of(int major, Path model, Path engine, Profile profile, BuildOptions options) {
        if (major < FIRST) {
            throw new IllegalArgumentException("TensorRT: found version " + major + "; expected " + FIRST
                + " or later, which takes types from the model");
        }
        List<String> words = new ArrayList<>(List.of("trtexec", "--onnx=" + model));
        if (major < ALWAYS_TYPED) {
            words.add("--stronglyTyped");
        }
        if (profile.inputs().values().stream().anyMatch(window -> !window.isFixed())) {
            words.add("--minShapes=" + profile.least());
            words.add("--optShapes=" + profile.usual());
            words.add("--maxShapes=" + profile.greatest());
        }
        words.add("--builderOptimizationLevel=" + options.level());
        if (options.workspace() > 0) {
            words.add("--memPoolSize=workspace:" + options.workspace() + "M");
        }
        if (!options.timingCache().isEmpty() && !options.timingCache().equals(BuildOptions.NONE)) {
            words.add("--timingCacheFile=" + options.timingCache());
        }
        if (options.device() > 0) {
            words.add("--device=" + options.device());
        }
        words.addAll(List.of("--profilingVerbosity=detailed", "--skipInference", "--saveEngine=" + engine));
        return words.stream().map(TrtexecCommand::quoted).collect(Collectors.joining(" "));
    }

    /** A word that a shell takes as it is. */
    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
