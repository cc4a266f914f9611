package io.halftone.torch.internal;

import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** What a device was given to do once, and does again by one call. */
interface Recording {
    /**
     * Gives the device all of it, behind what it was given before.
     *
     * @throws IllegalStateException if the device does not take it
     */
    void launch();

    /** What the body made; each launch writes it anew. */
    List<Tensor> results();

    /** Waits for the device, and gives all of this back, whatever of it fails. */
    void release();

    /** What makes recordings on a device. */
    @FunctionalInterface
    interface Maker {
        /**
         * Records what a body gives the device to do, without its being done.
         *
         * @throws RuntimeException if there is no room for a recording, or the body does what cannot be recorded; the device is as it was
         */
        Recording record(Supplier<List<Tensor>> body);
    }
}
