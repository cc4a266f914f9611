package io.halftone.core.internal.plan;

import io.halftone.api.ModelInfo;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.Failures;
import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders that hold pipeline folders.
 *
 * @param folders in the order in which they are searched
 */
public record ModelFolders(List<Path> folders) {
    private static final String INDEX = "model_index.json";

    public ModelFolders {
        folders = List.copyOf(folders);
    }

    /**
     * The pipeline folder of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists those there are
     */
    public Path find(String name) throws IOException {
        for (Path folder : all()) {
            if (folder.getFileName().toString().equals(name)) {
                return folder;
            }
        }
        throw new IllegalArgumentException("model " + name + ": found none in " + folders + "; expected one of "
            + all().stream().map(p -> p.getFileName().toString()).toList() + ", or a folder given with --path");
    }

    /** Whether there is a pipeline folder of that name. */
    public boolean has(String name) throws IOException {
        return all().stream().anyMatch(folder -> folder.getFileName().toString().equals(name));
    }

    /** What is there, with what could run it. */
    public List<ModelInfo> list(PipelineFolder.Opener opener, Plugins plugins) throws IOException {
        List<ModelInfo> models = new ArrayList<>();
        for (Path path : all()) {
            try (PipelineFolder folder = opener.open(path)) {
                String pipeline = folder.config().index().className();
                boolean known = plugins.pipelines().has(pipeline);
                ModelConfig backbone = known ? folder.config().component(plugins.pipelines().get(pipeline).spec(folder.config()).backbone()) : null;
                String architecture = backbone == null ? "" : backbone.className();
                models.add(new ModelInfo(path.getFileName().toString(), path.toString(), pipeline, architecture,
                    known && plugins.models().has(architecture)));
            } catch (IOException | CheckpointException | IllegalArgumentException e) {
                models.add(new ModelInfo(path.getFileName().toString(), path.toString(), Failures.describe(e), "", false));
            }
        }
        return models;
    }

    private List<Path> all() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> children = Files.list(folder)) {
                    children.filter(child -> Files.isRegularFile(child.resolve(INDEX))).sorted().forEach(found::add);
                }
            }
        }
        return found;
    }
}
