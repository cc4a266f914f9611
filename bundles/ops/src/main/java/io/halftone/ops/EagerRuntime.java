package io.halftone.ops;

import java.io.IOException;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/** Runs work that needs tensors. Everything that the work makes is released when it ends. */
@ProviderType
public interface EagerRuntime {
    /**
     * Work over tensors of a type that only the runtime knows.
     *
     * @param <R> what it results in; no tensor
     */
    @ConsumerType
    interface Task<R> {
        <T> R run(Context<T> context) throws IOException;
    }

    /**
     * What a task works with. For use by the task's thread.
     *
     * @param <T> a tensor
     */
    @ProviderType
    interface Context<T> {
        /** Operations over the parameters of one component, computed in that type. */
        EagerOps<T> ops(Parameters parameters, DType computeType);

        /** Draws by seed. */
        Generator<T> generator(long seed);

        /** What its tensors are computed on. */
        default Device device() {
            return Device.HOST;
        }
    }

    /** Runs the task on the calling thread, in a lifetime of its own, each operation on the runtime's usual number of threads. */
    <R> R run(Task<R> task) throws IOException;

    /**
     * Runs the task on the calling thread, in a lifetime of its own.
     *
     * @param threads that one operation computes with, at least 1. Bits depend on it: what has to be the same again fixes it
     */
    <R> R run(int threads, Task<R> task) throws IOException;

    /**
     * This runtime with tasks on another device; one that has no choice of devices takes the host alone.
     *
     * @param device {@code cpu}, {@code cuda}, {@code cuda:1} ..., or {@code auto} for a CUDA device if there is one; empty for the usual one
     * @throws IllegalArgumentException if no device is called so, or there is none of that name
     */
    default EagerRuntime on(String device) {
        if (!device.isEmpty() && !device.equals("cpu") && !device.equals("auto")) {
            throw new IllegalArgumentException("device: found " + device + "; expected cpu or auto");
        }
        return this;
    }

    /**
     * What tasks compute on. May load the library.
     *
     * @throws DeviceException if it is not there
     */
    default Device device() {
        return Device.HOST;
    }

    /** That an operation computes with where nothing else is said. Bits depend on it on the host. */
    default int threads() {
        return 1;
    }

    /** The library, its version, its device and its threads, in a line. */
    String description();
}
