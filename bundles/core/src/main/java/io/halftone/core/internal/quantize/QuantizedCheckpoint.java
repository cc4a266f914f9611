package io.halftone.core.internal.quantize;

import io.halftone.checkpoint.Form;
import io.halftone.checkpoint.StoredCheckpoint;
import io.halftone.core.internal.calibrate.Identity;
import io.halftone.core.internal.run.FusedLora;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.CheckpointException;
import io.halftone.quant.LayerState;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.nio.file.Path;
import java.util.List;

/** A stored quantized backbone with its recipe, open for reading. */
public final class QuantizedCheckpoint implements AutoCloseable {
    private final Path path;
    private final StoredCheckpoint stored;
    private final Recipe recipe;
    private final List<LayerState> states;

    private QuantizedCheckpoint(Path path, StoredCheckpoint stored, Recipe recipe, List<LayerState> states) {
        this.path = path;
        this.stored = stored;
        this.recipe = recipe;
        this.states = List.copyOf(states);
    }

    /**
     * Opens a checkpoint.
     *
     * @throws CheckpointException if it is not one of ours
     */
    public static QuantizedCheckpoint open(Path path) {
        StoredCheckpoint stored = StoredCheckpoint.open(path);
        try {
            Recipe recipe = Recipe.parse(path.toString(), stored.recipe());
            return new QuantizedCheckpoint(path, stored, recipe, recipe.states(path.toString(), stored::vector));
        } catch (RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** How it came to be. */
    public Recipe recipe() {
        return recipe;
    }

    /** What was decided for each layer. */
    public List<LayerState> states() {
        return states;
    }

    /** The file or index, and what it holds. */
    public StoredCheckpoint stored() {
        return stored;
    }

    /**
     * The model; valid until this is closed.
     *
     * @param pipeline the one that was calibrated, from which a checkpoint of the state alone takes the weights
     * @throws CheckpointException if the pipeline has not the weights that are needed beside those stored here: the backbone's where
     *     the state alone is stored, and those of other components where LoRAs were fused into them; names the LoRAs
     */
    public QuantizedModel model(OpenPipeline pipeline) {
        String backbone = pipeline.spec().backbone();
        boolean stateOnly = stored.form() == Form.STATE_ONLY;
        List<String> loras = pipeline.loras().stream().map(FusedLora::toString).toList();
        boolean otherBackbone = stateOnly && !recipe.source().equals(pipeline.fingerprint(backbone));
        boolean otherLoras = !recipe.loras().equals(loras) && !recipe.components().equals(Identity.components(pipeline));
        if (otherBackbone || otherLoras) {
            String wanted = recipe.loras().isEmpty() ? "none" : String.join("; ", recipe.loras());
            String has = loras.isEmpty() ? "none" : String.join("; ", loras);
            throw new CheckpointException(path + ": found " + (stateOnly ? "the state alone of weights " + recipe.source() : "a checkpoint")
                + " with LoRAs fused: " + wanted + "; expected those of " + pipeline.folder().path() + " with LoRAs fused: " + has
                + (wanted.equals(has) ? "" : "; give the same LoRAs (--lora), or a pipeline that has them fused"));
        }
        return new QuantizedModel(recipe, states, stateOnly
            ? stored.parameters(pipeline.parameters(backbone), recipe.source()) : stored.parameters());
    }

    /**
     * The files of a checkpoint, an index of shards among them.
     *
     * @param path a file, an index, or a folder that holds one of these
     * @throws CheckpointException if it is no quantized checkpoint
     */
    public static List<Path> files(Path path) {
        try (QuantizedCheckpoint checkpoint = open(path); Safetensors weights = SafetensorsFiles.open(checkpoint.stored().path())) {
            return List.copyOf(weights.files());
        }
    }

    @Override
    public void close() {
        stored.close();
    }
}
