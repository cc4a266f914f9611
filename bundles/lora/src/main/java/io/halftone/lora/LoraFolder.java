package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Pipeline folders with LoRAs fused. Such a folder is a pipeline folder like any other that says, in
 * {@code halftone_lora.json}, which LoRAs are in it, and keeps in {@code halftone_lora} the tensors that they replaced.
 */
public final class LoraFolder {
    /** Told how a folder comes along; what it throws ends the work, of which nothing stays. */
    @FunctionalInterface
    @ConsumerType
    public interface Progress {
        /**
         * Called after each tensor of a changed component.
         *
         * @param component the component
         * @param written   how many of its tensors are written
         * @param total     how many it has
         */
        void wrote(String component, int written, int total);
    }

    private LoraFolder() {}

    /**
     * Writes a folder with the LoRAs fused into the components that they are for. All else is the folder's own: large files as hard
     * links where these can be had, others as copies, without hidden files and without the LoRA files themselves. The weights of a
     * changed component are one file, under the name that is looked for first, without variants and shards that would lack the LoRAs.
     *
     * @param folder a diffusers pipeline folder that has no LoRA fused
     * @param loras  added in this order
     * @param target the folder to write; appears whole or not at all
     * @return what tells of each LoRA
     * @throws CheckpointException if the folder or a file is not what it should be, or with every key that has no place in it
     * @throws IllegalArgumentException if the target is there, or no LoRA is given
     */
    public static List<LoraDigest> fuse(Path folder, List<Lora> loras, Path target, Progress progress) throws IOException {
        if (LoraManifest.read(folder).isPresent()) {
            throw new CheckpointException(folder + ": found LoRAs fused; expected none (unfuse them first, then fuse all at once)");
        }
        try (FolderWeights weights = FolderWeights.open(folder);
            LoraFusion fusion = LoraFusion.open(loras, weights.parameters());
            FolderCopy copy = FolderCopy.start(folder, target)) {
            Set<Path> files = realPaths(loras);
            Predicate<Path> replaced = weightsOf(folder, fusion.touched());
            copy.add(folder, path -> replaced.test(path) || files.contains(real(path)));
            Files.createDirectory(copy.path().resolve(LoraManifest.FOLDER));
            SortedMap<String, LoraManifest.Changed> changed = new TreeMap<>();
            for (String component : fusion.touched()) {
                Safetensors base = weights.parameters().get(component);
                FusedParameters fused = fusion.parameters(component);
                String name = weights.fileName(component);
                write(copy.path().resolve(component).resolve(name), base, base.names(), key -> out -> fused.transfer(key, out),
                    (written, total) -> progress.wrote(component, written, total));
                Path originals = copy.path().resolve(LoraManifest.originals(component));
                write(originals, base, fused.touched(), key -> out -> base.transfer(key, out), (written, total) -> { });
                changed.put(component, new LoraManifest.Changed(name, LoraDigest.sha256(originals)));
            }
            new LoraManifest(fusion.digests(), changed).write(copy.path());
            copy.commit();
            return fusion.digests();
        }
    }

    /**
     * Writes the folder as it was before its LoRAs were fused: the tensors that they replaced are taken from where they were kept,
     * to the bit.
     *
     * @param folder a folder that {@link #fuse} wrote
     * @param target the folder to write; appears whole or not at all
     * @throws CheckpointException if no LoRA is fused in the folder, or what was kept does not fit its weights
     * @throws IllegalArgumentException if the target is there
     */
    public static void unfuse(Path folder, Path target, Progress progress) throws IOException {
        LoraManifest manifest = LoraManifest.read(folder).orElseThrow(() -> new CheckpointException(
            folder + ": found no " + LoraManifest.FILE + "; expected a folder with LoRAs fused"));
        try (FolderCopy copy = FolderCopy.start(folder, target)) {
            Predicate<Path> replaced = weightsOf(folder, manifest.components().keySet());
            Path top = folder.resolve(LoraManifest.FILE), kept = folder.resolve(LoraManifest.FOLDER);
            copy.add(folder, path -> replaced.test(path) || path.equals(top) || path.equals(kept));
            for (var component : manifest.components().entrySet()) {
                Path name = Path.of(component.getKey(), component.getValue().weights());
                try (SafetensorsFile fused = SafetensorsFile.open(folder.resolve(name));
                    SafetensorsFile originals = SafetensorsFile.open(folder.resolve(LoraManifest.originals(component.getKey())))) {
                    check(originals, component.getValue().originals(), fused);
                    Set<String> replacements = originals.names();
                    write(copy.path().resolve(name), fused, fused.names(),
                        key -> out -> (replacements.contains(key) ? originals : fused).transfer(key, out),
                        (written, total) -> progress.wrote(component.getKey(), written, total));
                }
            }
            copy.commit();
        }
    }

    /**
     * The LoRAs that a folder says are fused in it, in the order in which they were added; empty if there are none.
     *
     * @throws CheckpointException if what it says is malformed, or a file that belongs to it is missing
     */
    public static List<LoraDigest> fused(Path folder) {
        return LoraManifest.read(folder).map(LoraManifest::loras).orElse(List.of());
    }

    private static void check(SafetensorsFile originals, String sha256, SafetensorsFile fused) {
        String found = LoraDigest.sha256(originals.path());
        if (!found.equals(sha256)) {
            throw new CheckpointException(originals.path() + ": found sha256 " + found + "; expected " + sha256);
        }
        List<String> strangers = originals.names().stream()
            .filter(name -> !fused.names().contains(name) || !fused.info(name).equals(originals.info(name))).toList();
        if (!strangers.isEmpty()) {
            throw new CheckpointException(originals.path() + ": found " + String.join(", ", strangers) + "; expected tensors of the type"
                + " and shape that " + fused.path() + " has");
        }
    }

    /** Counts tensors. */
    private interface Count {
        void of(int written, int total);
    }

    private static void write(Path file, Safetensors like, Set<String> names, Function<String, SafetensorsWriter.Source> source,
            Count count) throws IOException {
        Map<String, Parameters.Info> tensors = new TreeMap<>();
        names.forEach(name -> tensors.put(name, like.info(name)));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors, like.metadata())) {
            int written = 0;
            for (String name : writer.names()) {
                writer.write(name, source.apply(name));
                count.of(++written, tensors.size());
            }
            writer.commit();
        }
    }

    /** The weight files of these components, whatever their variant. */
    private static Predicate<Path> weightsOf(Path folder, Set<String> components) {
        Set<Path> folders = components.stream().map(folder::resolve).collect(Collectors.toSet());
        return path -> folders.contains(path.getParent()) && FolderWeights.isWeights(path);
    }

    private static Set<Path> realPaths(List<Lora> loras) throws IOException {
        List<Path> paths = new ArrayList<>();
        for (Lora lora : loras) {
            paths.add(lora.file().toRealPath());
        }
        return Set.copyOf(paths);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;   // a file that is gone is in no list
        }
    }
}
