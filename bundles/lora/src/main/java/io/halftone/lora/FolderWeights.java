package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The components of a pipeline folder that have safetensors weights, open. */
final class FolderWeights implements AutoCloseable {
    private static final List<String> STEMS = List.of("diffusion_pytorch_model", "model");
    /** Names of weight files: of these libraries, in shards and variants, and their indices. */
    private static final Pattern WEIGHTS = Pattern.compile(
        "(diffusion_pytorch_model|diffusion_flax_model|pytorch_model|flax_model|tf_model|openvino_model|model)[.-].*");

    private final SortedMap<String, Path> files = new TreeMap<>();
    private final SortedMap<String, Safetensors> open = new TreeMap<>();

    private FolderWeights() {}

    /**
     * Opens the weights that are found by the names that diffusers and transformers write. A folder without such is no component.
     *
     * @throws CheckpointException if it is no pipeline folder, or weights cannot be opened
     */
    static FolderWeights open(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve("model_index.json"))) {
            throw new CheckpointException(folder + ": found no model_index.json; expected a diffusers pipeline folder");
        }
        var weights = new FolderWeights();
        try {
            for (Path component : components(folder)) {
                if (hasWeights(component)) {
                    String name = component.getFileName().toString();
                    Path file = SafetensorsFiles.find(component, STEMS);
                    weights.files.put(name, file);
                    weights.open.put(name, SafetensorsFiles.open(file));
                }
            }
            return weights;
        } catch (RuntimeException | IOException e) {
            weights.close();
            throw e;
        }
    }

    /** The folders that components may have, in order. */
    static List<Path> components(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).filter(entry -> isVisible(entry.getFileName().toString())).sorted().toList();
        }
    }

    private static boolean isVisible(String folder) {
        return !folder.startsWith(".") && !folder.equals(LoraManifest.FOLDER);
    }

    private static boolean hasWeights(Path component) throws IOException {
        try (Stream<Path> entries = Files.list(component)) {
            return Files.isRegularFile(component.resolve("config.json"))
                && entries.anyMatch(entry -> isWeights(entry) && entry.getFileName().toString().contains(".safetensors"));
        }
    }

    /** Whether a file, by its name, has a component's own weights or is their index. */
    static boolean isWeights(Path file) {
        return WEIGHTS.matcher(file.getFileName().toString()).matches();
    }

    /** The weights by component. */
    SortedMap<String, Safetensors> parameters() {
        return Collections.unmodifiableSortedMap(open);
    }

    /** The name of the one file that a component's weights have when they are written anew. */
    String fileName(String component) {
        String name = files.get(component).getFileName().toString();
        if (!name.endsWith(".json")) {
            return name;
        }
        String variant = name.replaceFirst("^.*\\.safetensors", "").replace(".index", "").replaceFirst("\\.json$", "");
        return name.replaceFirst("\\.safetensors.*$", "") + variant + ".safetensors";
    }

    @Override
    public void close() {
        open.values().forEach(Safetensors::close);
    }
}
