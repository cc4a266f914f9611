package io.halftone.export;

import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.Map;
import java.util.function.Function;
import org.osgi.annotation.versioning.ConsumerType;

/** A model ready to run. For use by one thread at a time. */
@ConsumerType
public interface Engine extends AutoCloseable {
    /** The inputs by name with their types, in the engine's order. */
    Map<String, DType> inputs();

    /**
     * Runs once.
     *
     * @param inputs bound by name, of the engine's types; valid during the call
     * @param result takes the outputs, which are valid only until it returns: copy what is to stay
     * @throws EngineException if a name, type or shape does not fit; nothing is padded or cut
     */
    <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result);

    /** The facts that the exporter stored with the model; empty if none. */
    Map<String, String> metadata();

    /** What it is made of. */
    EngineReport report();

    @Override
    void close();
}
