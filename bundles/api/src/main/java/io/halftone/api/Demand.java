package io.halftone.api;

/**
 * What a machine is to do.
 *
 * @param engine      name of the engine that runs the backbone; empty where none was named
 * @param model       what messages call the model; empty where none was named, and then nothing is needed
 * @param backbone    bytes of the backbone's weights
 * @param others      bytes of the weights of the pipeline's other components
 * @param activations bytes that the values of a backbone step take at once, estimated
 */
public record Demand(String engine, String model, long backbone, long others, long activations) {
    /** Nothing in particular. */
    public static final Demand NONE = new Demand("", "", 0, 0, 0);

    public Demand {
        Checks.atLeast("backbone", backbone, 0);
        Checks.atLeast("others", others, 0);
        Checks.atLeast("activations", activations, 0);
    }

    /** Whether a model was named. */
    public boolean hasModel() {
        return !model.isEmpty();
    }

    /** Bytes for all weights and the activations. */
    public long bytes() {
        return backbone + others + activations;
    }
}
