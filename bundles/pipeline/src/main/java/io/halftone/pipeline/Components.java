package io.halftone.pipeline;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The parts of a pipeline that is running, the backbone excepted. For use by one thread.
 *
 * @param <T> a tensor
 */
@ProviderType
public interface Components<T> {
    PipelineConfig config();

    /** Operations for arithmetic between the parts. */
    EagerOps<T> ops();

    /** The type that a component computes in. */
    DType computeType(String component);

    /** The tokenizer of a component folder. */
    Tokenizer tokenizer(String component);

    /**
     * Runs a model component; inputs of the compute kind are cast to its type.
     *
     * @param component its folder name, such as {@code text_encoder}
     * @return its outputs, in its compute type
     */
    Values<T> run(String component, Values<T> inputs);
}
