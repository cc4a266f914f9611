package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.PipelineConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
    static final String FILE = "model_index.json";
    private static final String CLASS_NAME = "_class_name";
    /** One name of a folder, which leads nowhere else. */
    private static final Pattern FOLDER_NAME = Pattern.compile("\\w[\\w.-]*");

    ModelIndex {
        components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    }

    static ModelIndex read(ConfigSource source) {
        if (!source.has(FILE)) {
            throw new CheckpointException(source.name() + ": found no " + FILE + "; expected a diffusers pipeline folder");
        }
        String where = source.where(FILE);
        Map<String, Object> values = source.read(FILE);
        if (!(values.get(CLASS_NAME) instanceof String)) {
            throw wrong(where, CLASS_NAME, values.getOrDefault(CLASS_NAME, "none"), "the pipeline's class");
        }
        SortedMap<String, IndexEntry> components = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        values.forEach((name, value) -> {
            if (value instanceof List<?> pair && isPresent(where, name, pair)) {
                components.put(name, new IndexEntry((String) pair.get(0), (String) pair.get(1)));
                if (!source.hasFolder(name)) {
                    missing.add(name);
                }
            }
        });
        if (!missing.isEmpty()) {
            Collections.sort(missing);
            throw new CheckpointException(source.name() + ": found no folder " + String.join(", ", missing)
                + "; expected one for each component of " + FILE);
        }
        return new ModelIndex(ModelConfig.of(where, values), components);
    }

    /** The configuration of the pipeline and of each component that is there. */
    PipelineConfig pipeline(ConfigSource source) {
        Map<String, ModelConfig> configs = new HashMap<>();
        components.forEach((name, entry) -> configs.put(name, entry.config(source, name)));
        return new PipelineConfig(config, configs);
    }

    private static boolean isPresent(String where, String name, List<?> pair) {
        if (!FOLDER_NAME.matcher(name).matches()) {
            throw wrong(where, name, "a component of that name", "the name of a folder in this one");
        }
        boolean present = pair.stream().allMatch(String.class::isInstance);
        if (pair.size() != 2 || !present && (pair.get(0) != null || pair.get(1) != null)) {
            throw wrong(where, name, pair, "[library, class] or [null, null]");
        }
        return present;
    }

    private static CheckpointException wrong(String where, String key, Object found, String expected) {
        return new CheckpointException(where + ": " + key + ": found " + found + "; expected " + expected);
    }
}
