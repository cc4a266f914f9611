package io.halftone.core.internal.calibrate;

import io.halftone.api.CalibrationSettings;
import io.halftone.files.TextLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The prompts to calibrate with: those given, those of a file, those that the pipeline folder brings, or the built-in ones. */
public final class CalibrationPrompts {
    /** A list of prompts that a pipeline folder may bring. */
    static final String FOLDER_LIST = "calibration_prompts.txt";
    private static final String BUILT_IN = "/io/halftone/core/internal/calibration_prompts.txt";

    private CalibrationPrompts() {}

    /**
     * The first prompts of the list.
     *
     * @throws IllegalArgumentException if there are fewer than asked for
     */
    public static List<String> of(CalibrationSettings settings, Path pipeline) throws IOException {
        return some(settings, pipeline, 0, settings.size());
    }

    /**
     * The prompts of the list behind those to calibrate with.
     *
     * @throws IllegalArgumentException if there are fewer than asked for
     */
    public static List<String> beyond(CalibrationSettings settings, Path pipeline, int count) throws IOException {
        return some(settings, pipeline, settings.size(), count);
    }

    private static List<String> some(CalibrationSettings settings, Path pipeline, int from, int count) throws IOException {
        String source;
        List<String> prompts;
        Path own = pipeline.resolve(FOLDER_LIST);
        if (!settings.prompts().isEmpty()) {
            source = "prompts";
            prompts = settings.prompts();
        } else if (!settings.promptsFile().isEmpty()) {
            source = settings.promptsFile();
            prompts = TextLines.read(Path.of(settings.promptsFile()), "prompt");
        } else if (Files.isRegularFile(own)) {
            source = own.toString();
            prompts = TextLines.read(own, "prompt");
        } else {
            source = "built-in prompts";
            try (InputStream in = CalibrationPrompts.class.getResourceAsStream(BUILT_IN)) {
                prompts = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
            }
        }
        if (prompts.size() < from + count) {
            throw new IllegalArgumentException(source + ": found " + prompts.size() + " prompts; expected at least "
                + (from == 0 ? "calib-size, " + count : from + count + ": calib-size and " + count + " to judge with"));
        }
        return prompts.subList(from, from + count);
    }
}
