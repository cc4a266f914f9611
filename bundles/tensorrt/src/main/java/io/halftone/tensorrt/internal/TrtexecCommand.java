package io.halftone.tensorrt.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The trtexec command that builds the same engine, for those who build where this program is not. */
final class TrtexecCommand {
    /** What is taken for granted where there is no TensorRT to ask. */
    static final int USUAL = 10;

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
    static String of(int major, OnnxFile model, Path engine, Profile profile, BuildOptions options) {
        if (major < FIRST) {
            throw new IllegalArgumentException("TensorRT: found version " + major + "; expected " + FIRST
                + " or later, which takes types from the model");
        }
        List<String> words = new ArrayList<>(List.of("trtexec", "--onnx=" + model.file()));
        if (major < ALWAYS_TYPED) {
            words.add("--stronglyTyped");
        }
        if (!model.dimensions().isEmpty()) {
            words.add("--minShapes=" + dynamic(model, profile.least()));
            words.add("--optShapes=" + dynamic(model, profile.usual()));
            words.add("--maxShapes=" + dynamic(model, profile.greatest()));
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

    /** Those of the inputs that have named dimensions: trtexec takes no shape for another. */
    private static Shapes dynamic(OnnxFile model, Shapes shapes) {
        Map<String, List<Long>> dynamic = new LinkedHashMap<>(shapes.byName());
        dynamic.keySet().removeIf(name -> model.inputs().get(name).stream().allMatch(Profile::isNumber));
        return new Shapes(dynamic);
    }

    /** A word that a shell takes as it is. */
    private static String quoted(String word) {
        return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
