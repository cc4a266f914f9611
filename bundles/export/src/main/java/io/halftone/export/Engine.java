package io.halftone.export;

import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.osgi.annotation.versioning.ConsumerType;

/** A model ready to run. For use by one thread at a time. */
@ConsumerType
public interface Engine extends AutoCloseable {
    /** The inputs by name with their types, in the engine's order. */
    Map<String, DType> inputs();

    /** The accelerator, counted from 0, whose memory it takes tensors from; empty where it takes them from host memory alone. */
    default OptionalInt device() {
        return OptionalInt.empty();
    }

    /**
     * Runs once. Where tensors are on a device, what is read there and written is in the order of the device's default stream: the
     * inputs may still be on their way, and the outputs as well when {@code result} is called. Work given to that stream
     * meanwhile sees them whole.
     *
     * @param inputs bound by name, of the engine's types; valid during the call
     * @param result takes the outputs, which are valid only until it returns: copy what is to stay
     * @throws EngineException       if a name, type or shape does not fit; nothing is padded or cut
     * @throws IllegalStateException if the engine is closed, or runs already
     */
    <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result);

    /** The facts that the exporter stored with the model; empty if none. */
    Map<String, String> metadata();

    /** What it is made of. */
    EngineReport report();

    @Override
    void close();
}
