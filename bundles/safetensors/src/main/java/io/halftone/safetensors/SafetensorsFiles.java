package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The weights of one component of a pipeline, found in its folder by the names that diffusers and transformers write.
 * A stem is the name up to its first dot: {@code diffusion_pytorch_model}, or {@code model} for a text encoder. A variant is
 * the word between stem and suffix, {@code fp16} in {@code model.fp16.safetensors}, {@code model.safetensors.index.fp16.json} or,
 * as older releases wrote it, {@code model.safetensors.fp16.index.json}.
 */
public final class SafetensorsFiles {
    private static final List<String> KNOWN_VARIANTS = List.of("fp16", "bf16");
    private static final Pattern VARIANT = Pattern.compile("[\\w-]+");
    private static final String INDEX_SUFFIX = ".json";

    private SafetensorsFiles() {
    }

    /**
     * Opens what {@link #find(Path, List)} finds.
     *
     * @throws CheckpointException if nothing is found or it is not safetensors
     */
    public static Safetensors open(Path folder, List<String> stems) {
        return open(find(folder, stems));
    }

    /**
     * Opens what {@link #find(Path, List, String)} finds.
     *
     * @throws CheckpointException if nothing is found or it is not safetensors
     */
    public static Safetensors open(Path folder, List<String> stems, String variant) {
        return open(find(folder, stems, variant));
    }

    /**
     * Opens a file, or the shards of an index, told apart by the name's ending.
     *
     * @throws CheckpointException if it is missing or not safetensors
     */
    public static Safetensors open(Path file) {
        return file.toString().endsWith(INDEX_SUFFIX) ? ShardedSafetensors.open(file) : SafetensorsFile.open(file);
    }

    /**
     * The weights that a folder holds: of no variant if there are such, else fp16, else bf16; one file before shards, and stems
     * in the order given.
     *
     * @return a safetensors file or the index of a sharded checkpoint
     * @throws CheckpointException if there is none; with advice if there are only pickles, which are never opened
     */
    public static Path find(Path folder, List<String> stems) {
        List<String> names = new ArrayList<>();
        for (String stem : stems) {
            names.add(stem + ".safetensors");
            names.add(stem + ".safetensors.index.json");
        }
        KNOWN_VARIANTS.forEach(variant -> names.addAll(names(stems, variant)));
        return first(folder, names);
    }

    /**
     * The weights of that variant alone; one file before shards, and stems in the order given.
     *
     * @return a safetensors file or the index of a sharded checkpoint
     * @throws CheckpointException if there is none, even if there are weights of another variant
     * @throws IllegalArgumentException if the variant is not one word of letters, digits, _ and -
     */
    public static Path find(Path folder, List<String> stems, String variant) {
        if (!VARIANT.matcher(variant).matches()) {
            throw new IllegalArgumentException("variant: found " + variant + "; expected one word, as fp16");
        }
        return first(folder, names(stems, variant));
    }

    private static List<String> names(List<String> stems, String variant) {
        return stems.stream().flatMap(stem -> Stream.of(
            stem + "." + variant + ".safetensors",
            stem + ".safetensors.index." + variant + ".json",
            stem + ".safetensors." + variant + ".index.json")).toList();
    }

    private static Path first(Path folder, List<String> names) {
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + ": found no folder; expected one with " + names.get(0));
        }
        List<String> present = listing(folder);
        String wanted = names.size() == 1 ? names.get(0) : "one of " + String.join(", ", names);
        List<String> others = present.stream().filter(n -> n.contains(".safetensors")).toList();
        if (!others.isEmpty()) {
            throw new CheckpointException(folder + ": found " + String.join(", ", others) + "; expected " + wanted);
        }
        List<String> pickles = present.stream().filter(n -> ForeignFile.PICKLES.stream().anyMatch(n::endsWith)).toList();
        if (!pickles.isEmpty()) {
            throw new CheckpointException(folder + ": found " + String.join(", ", pickles) + "; expected " + wanted
                + " (a pickle can run code when it is opened, so none is: convert it to safetensors)");
        }
        throw new CheckpointException(folder + ": found no weights; expected " + wanted);
    }

    private static List<String> listing(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new CheckpointException(folder + ": found " + e + "; expected a readable folder", e);
        }
    }
}
