package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for LoRAs that a pipeline folder has and that are not fused; reads headers alone, and digests where LoRAs are fused. */
public final class LoraCheck {
    private static final List<String> PICKLES = List.of("pytorch_lora_weights.bin", "adapter_model.bin");
    private static final String PEFT_BASE = ".base_layer.";

    /** How a LoRA is there. */
    public enum Kind {
        /** A LoRA file in the folder or beside a component's weights. */
        FILE,
        /** Weights with a LoRA's factors among them, or wrapped for it. */
        WRAPPED,
        /** A file that cannot be read, or is never opened: a pickle. */
        UNREADABLE
    }

    /**
     * A file with a LoRA that is not fused.
     *
     * @param file   where it is
     * @param kind   how
     * @param layers it would change, in order: with their component, {@code unet.mid_block.attentions.0.proj_in}, or as the file
     *     spells those that the pipeline does not have; empty if the file cannot be read
     */
    public record Finding(Path file, Kind kind, List<String> layers) {
        public Finding {
            layers = List.copyOf(layers);
        }
    }

    private LoraCheck() {}

    /**
     * All such files in the top of the folder and in its components' folders, by path. A file that is fused, by its digest, is none.
     *
     * @throws CheckpointException if it is no pipeline folder, or what it says of fused LoRAs is malformed
     */
    public static List<Finding> unfused(Path folder) throws IOException {
        Set<String> fused = LoraFolder.fused(folder).stream().map(LoraDigest::sha256).collect(Collectors.toSet());
        List<Path> files = new ArrayList<>(files(folder));
        List<Path> components = FolderWeights.components(folder);
        for (Path component : components) {
            files.addAll(files(component));
        }
        List<Finding> findings = new ArrayList<>();
        try (FolderWeights weights = FolderWeights.open(folder)) {
            var matching = new LoraMatching(new TreeMap<>(weights.parameters()), new ArrayList<>());
            for (Path file : files) {
                boolean own = components.contains(file.getParent()) && FolderWeights.isWeights(file);
                finding(file, own, matching).filter(found -> found.kind() != Kind.FILE || fused.isEmpty()
                    || !fused.contains(LoraDigest.sha256(file))).ifPresent(findings::add);
            }
        }
        return List.copyOf(findings);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                .filter(file -> file.toString().endsWith(".safetensors") || PICKLES.contains(file.getFileName().toString()))
                .sorted().toList();
        }
    }

    private static Optional<Finding> finding(Path file, boolean own, LoraMatching matching) {
        if (!file.toString().endsWith(".safetensors")) {
            return Optional.of(new Finding(file, Kind.UNREADABLE, List.of()));
        }
        Set<String> keys;
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            keys = opened.names();
        } catch (CheckpointException e) {
            return Optional.of(new Finding(file, Kind.UNREADABLE, List.of()));
        }
        Set<String> layers = new TreeSet<>();
        for (String key : keys) {
            if (own && key.contains(PEFT_BASE)) {
                layers.add(inComponent(file, key.substring(0, key.indexOf(PEFT_BASE))));
            } else if (LoraPart.isSign(key)) {
                String layer = LoraPart.parse(key).map(LoraPart::layer).orElse(key);
                if (own) {
                    layers.add(inComponent(file, layer));
                } else {
                    layers.addAll(resolved(layer, matching));
                }
            }
        }
        return layers.isEmpty() ? Optional.empty() : Optional.of(new Finding(file, own ? Kind.WRAPPED : Kind.FILE, List.copyOf(layers)));
    }

    private static String inComponent(Path file, String layer) {
        return file.getParent().getFileName() + "." + layer;
    }

    /** The layers that a spelling means, or the spelling itself where that is not one. */
    private static List<String> resolved(String layer, LoraMatching matching) {
        var meanings = matching.meanings(layer);
        return meanings.size() != 1 ? List.of(layer)
            : meanings.get(0).stream().map(target -> target.toString().replaceFirst("\\.weight$", "")).toList();
    }
}
