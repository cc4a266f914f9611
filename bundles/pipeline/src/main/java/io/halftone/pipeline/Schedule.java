package io.halftone.pipeline;

import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import org.osgi.annotation.versioning.ConsumerType;

/** The calls of the backbone that one run makes. Immutable. */
@ConsumerType
public interface Schedule {
    /** How often the backbone is called; some schedulers call it more often than there are steps. */
    int calls();

    /** The denoising step, from 0, that a call belongs to. */
    int step(int call);

    /** The time step that the backbone gets at a call. */
    double timestep(int call);

    /** The noise levels that the schedule goes through, from the largest; one more than there are time steps. */
    double[] sigmas();

    /** What unit noise is multiplied with before the first call. */
    double initialNoiseScale();

    /** A sampler for one run. */
    <T> Sampler<T> sampler(EagerOps<T> ops, Generator<T> noise);

    /**
     * Steps through the schedule; may remember earlier outputs. For use by one thread.
     *
     * @param <T> a tensor
     */
    @ConsumerType
    interface Sampler<T> extends AutoCloseable {
        /** What the backbone gets in place of the latents at a call. */
        T scaleInput(T latents, int call);

        /** The latents after a call, in float32. */
        T step(T prediction, T latents, int call);

        @Override
        void close();
    }
}
