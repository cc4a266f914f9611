package io.halftone.checkpoint;

import io.halftone.checkpoint.internal.Checks;
import io.halftone.checkpoint.internal.LayerEntry;
import io.halftone.checkpoint.internal.Location;
import io.halftone.checkpoint.internal.Manifest;
import io.halftone.checkpoint.internal.StoredParameters;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.quant.Slot;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A stored quantized backbone, open for reading. No tensor is held. Safe for use by several threads. */
public final class StoredCheckpoint implements AutoCloseable {
    private final Path path;
    private final Safetensors file;
    private final Manifest manifest;

    private StoredCheckpoint(Path path, Safetensors file, Manifest manifest) {
        this.path = path;
        this.file = file;
        this.manifest = manifest;
    }

    /**
     * Opens a checkpoint and checks all that it says of itself against the tensors it has.
     *
     * @param path a file, the index of shards, or a folder that holds one of these
     * @throws CheckpointException if it is not one of ours, saying whose it is where that can be told; or listing everything that is
     *     missing or contradictory
     */
    public static StoredCheckpoint open(Path path) {
        Path found = Location.find(path);
        Safetensors file = SafetensorsFiles.open(found);
        try {
            Map<String, String> metadata = file.metadata();
            if (!metadata.containsKey(Manifest.RECIPE)) {
                throw Location.notOurs(found, metadata, file.names());
            }
            if (!metadata.containsKey(Manifest.KEY)) {
                throw new CheckpointException(found + ": found a recipe and no " + Manifest.KEY
                    + "; expected a checkpoint of this release");
            }
            Manifest manifest = Manifest.parse(found.toString(), metadata.get(Manifest.KEY));
            List<String> problems = Checks.of(manifest, file);
            if (!problems.isEmpty()) {
                throw new CheckpointException(found + ": " + String.join("; and ", problems));
            }
            return new StoredCheckpoint(found, file, manifest);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The file or index. */
    public Path path() {
        return path;
    }

    /** How the backbone came to be, as it was given. */
    public String recipe() {
        return file.metadata().get(Manifest.RECIPE);
    }

    /** How much the checkpoint holds. */
    public Form form() {
        return manifest.form();
    }

    /** What the model computed in when it was calibrated, and what decoded weights have. */
    public DType computeType() {
        return manifest.computeType();
    }

    /** What tells the base checkpoint from others. */
    public String baseDigest() {
        return manifest.base();
    }

    /** The quantized layers by full name. */
    public Set<String> layers() {
        return manifest.layers().keySet();
    }

    /** The layers whose weights are stored in codes. */
    public Set<String> layersInCodes() {
        Set<String> names = new TreeSet<>();
        manifest.layers().forEach((name, entry) -> entry.codec().ifPresent(codec -> names.add(name)));
        return names;
    }

    /** Why weights of a compact checkpoint are not stored in codes though their format rounds them, by layer. */
    public Map<String, String> kept() {
        Map<String, String> reasons = new TreeMap<>();
        manifest.layers().forEach((name, entry) -> entry.kept().ifPresent(reason -> reasons.put(name, reason)));
        return reasons;
    }

    /**
     * Magnitudes or factors by full name, such as {@code mid_block.attentions.0.proj_in.input_quantizer._amax}.
     *
     * @throws CheckpointException if there is no float32 tensor of that name with one axis
     */
    public float[] vector(String name) {
        Parameters.Info info = file.info(name);
        if (info.dtype() != DType.FLOAT32 || info.shape().length != 1) {
            throw new CheckpointException(path + ": " + name + ": found " + info + "; expected a FLOAT32 vector");
        }
        return file.read(name).toFloats();
    }

    /**
     * The scales stored beside a layer's codes: of its input or its weight, one or one for each channel; none for other slots, for
     * scales of blocks, and where no codes are stored.
     */
    public float[] scales(String layer, Slot slot) {
        String name = layer + (slot == Slot.INPUT ? ".input_scale" : ".weight_scale");
        boolean stored = (slot == Slot.INPUT || slot == Slot.WEIGHT) && file.names().contains(name) && file.info(name).dtype() == DType.FLOAT32;
        return stored ? file.read(name).toFloats() : new float[0];
    }

    /**
     * The model's parameters, those that algorithms added among them. A weight in codes is decoded, to the compute type: rounded by
     * its format it gives the values that the original weight gave, where zeros of either sign are equal. Valid until this is closed.
     *
     * @throws IllegalStateException if the checkpoint holds the state only
     */
    public Parameters parameters() {
        if (form() == Form.STATE_ONLY) {
            throw new IllegalStateException(path + ": found the state only; expected the base checkpoint, " + baseDigest() + ", with it");
        }
        return new StoredParameters(manifest, file, file);
    }

    /**
     * The model's parameters, where this holds the state only: unchanged ones from the base, changed ones stored or computed again
     * and held against their digest when they are read. Valid until this is closed.
     *
     * @param base       as it was when calibration began
     * @param baseDigest what tells it from others
     * @throws CheckpointException if it is another base
     */
    public Parameters parameters(Parameters base, String baseDigest) {
        if (form() != Form.STATE_ONLY) {
            return parameters();
        }
        if (!baseDigest.equals(baseDigest())) {
            throw new CheckpointException(path + ": found the base " + baseDigest + "; expected " + baseDigest()
                + ", which this state belongs to");
        }
        List<String> missing = manifest.layers().entrySet().stream().filter(e -> e.getValue().rounded().contains(Slot.WEIGHT))
            .map(e -> e.getKey() + ".weight").filter(name -> !base.names().contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new CheckpointException(path + ": found no " + String.join(", ", missing) + " in the base; expected every "
                + "quantized weight");
        }
        return new StoredParameters(manifest, file, base);
    }

    LayerEntry entry(String layer) {
        return manifest.layers().get(layer);
    }

    @Override
    public void close() {
        file.close();
    }
}
