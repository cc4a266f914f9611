package io.halftone.ops;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A sequence of random draws fixed by its seed, and not the process's default one. For use by one thread.
 *
 * @param <T> a tensor
 */
@ProviderType
public interface Generator<T> {
    /** The next draws from the standard normal distribution: float32, drawn on the CPU whatever the device. */
    T normal(Shape shape);
}
