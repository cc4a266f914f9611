package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * LoRAs matched with the components of a pipeline: every key of every file has its place, and every shape fits. The files stay open
 * until it is closed; the components' parameters are the caller's to close. Safe for use by several threads until then.
 */
public final class LoraFusion implements AutoCloseable {
    private final SortedMap<String, Parameters> components;
    private final List<LoraFile> files;
    private final List<LoraDigest> digests;
    private final SortedMap<String, SortedMap<String, List<Addend>>> addends;

    private LoraFusion(SortedMap<String, Parameters> components, List<LoraFile> files, List<LoraDigest> digests,
            SortedMap<String, SortedMap<String, List<Addend>>> addends) {
        this.components = components;
        this.files = List.copyOf(files);
        this.digests = List.copyOf(digests);
        this.addends = addends;
    }

    /**
     * Opens the files and matches them.
     *
     * @param loras      added in this order
     * @param components the parameters by component, as {@code unet} or {@code text_encoder_2}
     * @throws CheckpointException if a file is no LoRA, or with everything that does not fit: unmatched keys, names that may mean
     *     several layers, shapes and types, layers met twice in one file, files given twice
     * @throws IllegalArgumentException if no LoRA is given
     */
    public static LoraFusion open(List<Lora> loras, Map<String, ? extends Parameters> components) {
        if (loras.isEmpty()) {
            throw new IllegalArgumentException("loras: found none; expected one or more");
        }
        List<LoraFile> files = new ArrayList<>();
        try {
            List<LoraDigest> digests = new ArrayList<>();
            List<String> problems = new ArrayList<>();
            SortedMap<String, Parameters> sorted = new TreeMap<>(components);
            var matching = new LoraMatching(sorted, problems);
            for (Lora lora : loras) {
                LoraFile file = LoraFile.scan(lora.file());
                files.add(file);
                LoraDigest digest = LoraDigest.of(lora);
                if (digests.stream().anyMatch(other -> other.sha256().equals(digest.sha256()))) {
                    problems.add(lora.file() + ": found it given twice; expected each LoRA once");
                }
                digests.add(digest);
                matching.add(file, lora.scale());
            }
            if (!problems.isEmpty()) {
                throw new CheckpointException(String.join("\n", problems));
            }
            return new LoraFusion(sorted, files, digests, matching.addends());
        } catch (RuntimeException e) {
            files.forEach(LoraFile::close);
            throw e;
        }
    }

    /** What tells of each LoRA, in the order given. */
    public List<LoraDigest> digests() {
        return digests;
    }

    /** The components that a LoRA changes. */
    public SortedSet<String> touched() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(addends.keySet()));
    }

    /**
     * The parameters of a component with the LoRAs added; to one that none touches, nothing is.
     *
     * @throws IllegalArgumentException if it is none of the components
     */
    public FusedParameters parameters(String component) {
        Parameters base = components.get(component);
        if (base == null) {
            throw new IllegalArgumentException("component: found " + component + "; expected one of "
                + String.join(", ", components.keySet()));
        }
        return new FusedParameters(base, addends.getOrDefault(component, Collections.emptySortedMap()));
    }

    @Override
    public void close() {
        files.forEach(LoraFile::close);
    }
}
