package io.halftone.diffusers.internal;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.pipeline.Fingerprint;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import io.halftone.safetensors.FolderLinks;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder whose configuration is read; weights are opened when asked for, and stay open until it is closed. */
final class DiffusersFolder implements PipelineFolder {
    private final Path path;
    private final ModelIndex index;
    private final PipelineConfig config;
    private final Map<String, Safetensors> open = new HashMap<>();
    private final Map<String, Parameters> views = new HashMap<>();
    private boolean closed;

    private DiffusersFolder(Path path, ModelIndex index, PipelineConfig config) {
        this.path = path;
        this.index = index;
        this.config = config;
    }

    static DiffusersFolder open(Path path) throws IOException {
        try {
            ConfigSource files = new FolderSource(path);
            FolderLinks links = FolderLinks.of(path);
            checkLinks(links, path);
            ModelIndex index = ModelIndex.read(files);
            for (String component : index.components().keySet()) {
                checkLinks(links, path.resolve(component));
            }
            return new DiffusersFolder(path, index, index.pipeline(files));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Before anything is read: configurations, weights and tokenizers lie in the folder, whatever reads them. */
    private static void checkLinks(FolderLinks links, Path folder) throws IOException {
        links.check(folder);
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(Files::isSymbolicLink).forEach(links::check);
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public PipelineConfig config() {
        return config;
    }

    @Override
    public synchronized Parameters parameters(String component) {
        Safetensors weights = weights(component);
        return views.computeIfAbsent(component, name -> CheckpointView.of(config.component(name), weights));
    }

    @Override
    public List<Path> files(String component) {
        if (component.isEmpty()) {
            return List.of(path.resolve(ModelIndex.FILE));
        }
        Path folder = path.resolve(component);
        if (index.components().containsKey(component) && index.components().get(component).hasWeights()) {
            return Stream.concat(Stream.of(folder.resolve("config.json")), weights(component).files().stream()).toList();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": found " + e + "; expected a readable folder", e);
        }
    }

    @Override
    public String fingerprint(String component) {
        return Fingerprint.of(weights(component));
    }

    private synchronized Safetensors weights(String component) {
        if (closed) {
            throw new IllegalStateException(path + ": found it closed; expected an open folder");
        }
        config.component(component);   // refuses one that is not there
        return open.computeIfAbsent(component,
            name -> SafetensorsFiles.open(path.resolve(name), index.components().get(name).stems()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        open.values().forEach(Safetensors::close);
        open.clear();
        views.clear();
    }
}
