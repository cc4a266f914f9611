package io.halftone.model;

import io.halftone.ops.Scope;
import io.halftone.ops.Values;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One architecture: a backbone, a text encoder or an image decoder. Found by {@link Architecture}. Stateless, safe for use
 * by several threads.
 */
@ConsumerType
public interface ModelAdapter {
    /**
     * Inputs and outputs, with fixed and named dimensions.
     *
     * @throws IllegalArgumentException if the configuration asks for what the architecture has not
     */
    ModelSignature signature(ModelConfig config);

    /**
     * Keys of a configuration that no published file has, and that change the form of an input and nothing else: those who export a
     * model choose them by name.
     */
    default Set<String> options() {
        return Set.of();
    }

    /**
     * One pass.
     *
     * @param inputs those of the signature, under its names
     * @return the outputs of the signature, under its names
     */
    <T> Values<T> forward(Scope<T> scope, ModelConfig config, Values<T> inputs);
}
