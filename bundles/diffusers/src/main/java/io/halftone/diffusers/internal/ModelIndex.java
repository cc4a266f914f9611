package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A pipeline folder's {@code model_index.json}: the pipeline's class, its settings, and its components as
 * {@code [library, class]}, or {@code [null, null]} where one is left out.
 *
 * @param config     all of it
 * @param components those that are not left out, by folder name
 */
record ModelIndex(ModelConfig config, SortedMap<String, IndexEntry> components) {
    private static final String FILE = "model_index.json";
    private static final String CLASS_NAME = "_class_name";
    /** One name of a folder, which leads nowhere else. */
    private static final Pattern FOLDER_NAME = Pattern.compile("\\w[\\w.-]*");

    ModelIndex {
        components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    }

    static ModelIndex read(Path folder) throws IOException {
        Path path = folder.resolve(FILE);
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + ": found " + (Files.exists(folder) ? "a file" : "nothing")
                + "; expected a diffusers pipeline folder");
        }
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(folder + ": found no " + FILE + "; expected a diffusers pipeline folder");
        }
        Map<String, Object> values = ConfigFile.read(path);
        if (!(values.get(CLASS_NAME) instanceof String)) {
            throw wrong(path, CLASS_NAME, values.getOrDefault(CLASS_NAME, "none"), "the pipeline's class");
        }
        SortedMap<String, IndexEntry> components = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        values.forEach((name, value) -> {
            if (value instanceof List<?> pair && isPresent(path, name, pair)) {
                components.put(name, new IndexEntry((String) pair.get(0), (String) pair.get(1)));
                if (!Files.isDirectory(folder.resolve(name))) {
                    missing.add(name);
                }
            }
        });
        if (!missing.isEmpty()) {
            Collections.sort(missing);
            throw new CheckpointException(folder + ": found no folder " + String.join(", ", missing)
                + "; expected one for each component of " + FILE);
        }
        return new ModelIndex(ModelConfig.of(path.toString(), values), components);
    }

    private static boolean isPresent(Path path, String name, List<?> pair) {
        if (!FOLDER_NAME.matcher(name).matches()) {
            throw wrong(path, name, "a component of that name", "the name of a folder in this one");
        }
        boolean present = pair.stream().allMatch(String.class::isInstance);
        if (pair.size() != 2 || !present && (pair.get(0) != null || pair.get(1) != null)) {
            throw wrong(path, name, pair, "[library, class] or [null, null]");
        }
        return present;
    }

    private static CheckpointException wrong(Path path, String key, Object found, String expected) {
        return new CheckpointException(path + ": " + key + ": found " + found + "; expected " + expected);
    }
}
