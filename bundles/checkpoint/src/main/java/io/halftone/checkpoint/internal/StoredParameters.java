package io.halftone.checkpoint.internal;

import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The model's parameters: codes decoded, and what is not stored taken from the base. Safe for use by several threads. */
public final class StoredParameters implements Parameters {
    private final Manifest manifest;
    private final Parameters file;
    private final Parameters base;
    private final Map<String, LayerEntry> byWeight = new TreeMap<>();
    private final Set<String> stored = new TreeSet<>();
    private final Set<String> names;

    /**
     * Of a checkpoint that was checked.
     *
     * @param base tensors that are not stored; the file's own where all are
     */
    public StoredParameters(Manifest manifest, Parameters file, Parameters base) {
        this.manifest = manifest;
        this.file = file;
        this.base = base;
        stored.addAll(file.names());
        manifest.layers().forEach((layer, entry) -> {
            byWeight.put(layer + "." + Codec.WEIGHT, entry);
            entry.ownNames().forEach(name -> stored.remove(layer + "." + name));
        });
        Set<String> all = new TreeSet<>(stored);
        if (base != file) {
            all.addAll(base.names());
        }
        this.names = Collections.unmodifiableSet(all);
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public Info info(String name) {
        LayerEntry entry = byWeight.get(name);
        if (entry != null && entry.codec().isPresent()) {
            return entry.codec().get().decoded();
        }
        if (entry != null && entry.change().isPresent()) {
            return new Info(manifest.computeType(), base.info(name).shape());
        }
        return (stored.contains(name) || base == file ? file : base).info(name);
    }

    @Override
    public TensorView read(String name) {
        LayerEntry entry = byWeight.get(name);
        String layer = name.substring(0, Math.max(0, name.lastIndexOf('.')));
        if (entry != null && entry.codec().isPresent()) {
            return entry.codec().get().decode(part -> file.read(layer + "." + part));
        }
        if (entry != null && entry.change().isPresent()) {
            LayerEntry.Division change = entry.change().get();
            float[] factors = file.read(layer + "." + change.vector()).toFloats();
            return Changes.divide(name, base, manifest.computeType(), factors, change.roundedFirst(), change.digest());
        }
        return (stored.contains(name) || base == file ? file : base).read(name);
    }

    /** Of codes with a scale for the tensor or a channel, and of all that is not in codes; others are read whole. */
    @Override
    public Window window(String name) {
        LayerEntry entry = byWeight.get(name);
        if (entry != null && entry.codec().orElse(null) instanceof ScaledCodec codec) {
            String layer = name.substring(0, name.lastIndexOf('.') + 1);
            return codec.window(file.window(layer + Codec.WEIGHT), file.read(layer + Codec.SCALE).toFloats());
        }
        boolean made = entry != null && (entry.codec().isPresent() || entry.change().isPresent());
        return made ? Parameters.super.window(name) : (stored.contains(name) || base == file ? file : base).window(name);
    }
}
