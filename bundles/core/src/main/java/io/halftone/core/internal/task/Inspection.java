package io.halftone.core.internal.task;

import io.halftone.api.InspectResult;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.ModelOptions;
import io.halftone.export.EngineException;
import io.halftone.export.ExtentFacts;
import io.halftone.export.ModelInspector;
import io.halftone.export.ModelReport;
import io.halftone.export.MultiplyAdds;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Looks into an exported model: what its format says, and what this project's exporter left in it. */
public final class Inspection {
    private final Map<String, String> facts;
    private final List<String> problems;

    private Inspection(ModelReport model) {
        this.facts = model.metadata();
        this.problems = new ArrayList<>(model.problems());
    }

    /**
     * What a file holds, or the model in a folder.
     *
     * @throws IllegalArgumentException if there is none, or none of these can read it
     */
    public static InspectResult of(Plugins.Family<ModelInspector> inspectors, String path) throws IOException {
        Path file = file(inspectors, path);
        ModelReport model = inspectors.get(extension(file)).inspect(file);
        return new Inspection(model).result(model);
    }

    /** The file itself; in a folder the exporter's, or else the only one that can be read. */
    private static Path file(Plugins.Family<ModelInspector> inspectors, String path) throws IOException {
        Path file = Path.of(path).toAbsolutePath().normalize();
        if (!Files.isDirectory(file)) {
            return file;
        }
        if (Files.isRegularFile(file.resolve(Backbones.MODEL_FILE))) {
            return file.resolve(Backbones.MODEL_FILE);
        }
        try (Stream<Path> children = Files.list(file)) {
            List<Path> models = children.filter(child -> inspectors.has(extension(child)) && Files.isRegularFile(child)).sorted().toList();
            if (models.size() != 1) {
                throw new IllegalArgumentException(path + ": found " + (models.isEmpty() ? "no model"
                    : models.stream().map(model -> model.getFileName().toString()).toList()) + "; expected one model, of a kind among " + inspectors.names());
            }
            return models.get(0);
        }
    }

    private static String extension(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private InspectResult result(ModelReport model) {
        String file = model.file().toString();
        Optional<Recipe> recipe = fact(Recipe.KEY, text -> Recipe.parse(file, text));
        Optional<ExtentFacts> extents = fact(ExtentFacts.KEY, text -> ExtentFacts.parse(file, text));
        Optional<Double> multiplyAdds = fact(MultiplyAdds.FACT, text -> sum(MultiplyAdds.of(facts)));
        Optional<ModelOptions> options = fact(ModelOptions.KEY, text -> ModelOptions.of(facts));
        return new InspectResult(model, recipe.map(Recipe::digest).orElse(""), recipe.map(Recipe::architecture).orElse(""),
            extents.map(ExtentFacts::extents).orElse(Map.of()), multiplyAdds.orElse(Double.NaN), options.map(ModelOptions::values).orElse(Map.of()),
            problems);
    }

    /** What a fact says; empty if the file has none of that name, and, with a problem, where it is not of its form. */
    private <R> Optional<R> fact(String name, Function<String, R> reading) {
        try {
            return Optional.ofNullable(facts.get(name)).map(reading);
        } catch (CheckpointException | EngineException | IllegalArgumentException | ArithmeticException e) {
            problems.add("metadata " + name + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static double sum(MultiplyAdds counts) {
        return counts.byOperator().values().stream().mapToDouble(count -> count.evaluate(name -> {
            if (!counts.usual().containsKey(name)) {
                throw new EngineException("found dimension " + name + "; expected one of " + counts.usual().keySet());
            }
            return counts.usual().get(name);
        })).sum();
    }
}
