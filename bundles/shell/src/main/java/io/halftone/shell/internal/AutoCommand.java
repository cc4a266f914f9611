package io.halftone.shell.internal;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.PipelineSource;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Searches for a mixed-precision recipe. */
@Service
@Command(scope = "halftone", name = "auto",
    description = "Searches for a mixed-precision recipe: measures each layer alone, then chooses what to quantize",
    detailedDescription = "classpath:auto.txt")
public final class AutoCommand extends CalibrationCommand {
    @Option(name = "--target-psnr", description = "The least PSNR against full precision, in dB; this or --max-cost")
    private Double targetPsnr;

    @Option(name = "--max-cost", description = "The greatest cost, over 0 to 1: bits of all multiplications against 16-bit full precision")
    private Double maxCost;

    @Option(name = "--formats", description = "Number formats to choose from for each layer, separated by commas",
        valueToShowInHelp = "that of --format")
    @Completion(NameListCompleter.Formats.class)
    private String formats;

    @Option(name = "--recipe", description = "Recipe file to write", required = true)
    @Completion(PathCompleter.Recipes.class)
    private String recipe;

    @Option(name = "--table", description = "Table of sensitivities to write, CSV")
    @Completion(PathCompleter.Tables.class)
    private String table;

    @Option(name = "--search-prompts", description = "Prompts to measure on, beyond those of the calibration")
    private int searchPrompts = 2;

    @Option(name = "--search-steps", description = "Denoising steps of the runs to measure on", valueToShowInHelp = "as --n-steps")
    private Integer searchSteps;

    @Override
    Report report() throws Exception {
        PipelineSource source = calibrated();
        List<String> choice = formats == null ? List.of()
            : Stream.of(formats.split(",")).map(String::strip).map(Quantization::formatName).distinct().toList();
        Quantization quantization = quantization(choice.isEmpty() ? null : choice.get(0), Quantization.NO_RECIPE);
        var settings = quantization.settings(halftone, source.model());
        if (!choice.isEmpty() && !choice.contains(settings.format())) {
            throw new IllegalArgumentException("format: found " + settings.format() + "; expected one of formats, " + choice);
        }
        CalibrationSettings calibration = calibration(quantization.advice(halftone, source.model()));
        var request = new SearchRequest(source, settings, choice, calibration, parts(null).work(workers(), "", List.of()),
            searchPrompts, searchSteps == null ? calibration.steps() : searchSteps, orNaN(targetPsnr), orNaN(maxCost), path("recipe",
                recipe),
            path("table", table));
        SearchResult result = await(progress -> halftone.search(request, progress));
        List<String> notes = new ArrayList<>(idleOptions(result.idle(), true));
        notes.addAll(idleCollector(result.idle()));
        notes.forEach(line -> note("note: " + line));
        return SearchReport.of(result, notes);
    }

    private static double orNaN(Double given) {
        return given == null ? Double.NaN : given;
    }
}
