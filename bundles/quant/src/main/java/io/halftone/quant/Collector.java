package io.halftone.quant;

import io.halftone.ops.EagerOps;
import org.osgi.annotation.versioning.ConsumerType;

/** Folds what a site sees into a range: max, per-step minimum ... Found by {@link io.halftone.model.Named}. Stateless. */
@ConsumerType
public interface Collector {
    /**
     * What is asked of a fold.
     *
     * @param channelAxis the axis that keeps an amax for each index, counted from the last, -1; or {@link #NO_AXIS}
     * @param steps       the denoising steps of each sample, at least 1
     * @param percentile  the first fraction of the steps that counts, over 0 to 1
     */
    record Request(int channelAxis, int steps, double percentile) {
        /** One amax for the whole tensor. */
        public static final int NO_AXIS = Integer.MIN_VALUE;

        public Request {
            if (steps < 1) {
                throw new IllegalArgumentException("steps: found " + steps + "; expected >= 1");
            }
            if (!(percentile > 0 && percentile <= 1) || (int) (steps * percentile) < 1) {
                throw new IllegalArgumentException("percentile: found " + percentile + " of " + steps
                    + " steps; expected over 0, at most 1, and at least one step");
            }
        }

        /** The number of steps that count, from the first: steps * percentile rounded down. */
        public int countedSteps() {
            return (int) (steps * percentile);
        }
    }

    /**
     * A new fold for one site.
     *
     * @throws IllegalArgumentException if this collector cannot answer the request; the message says what it can
     */
    <T> Fold<T> fold(EagerOps<T> ops, Request request);

    /**
     * What one site has seen. For use by one thread.
     *
     * @param <T> a tensor
     */
    @ConsumerType
    interface Fold<T> {
        /**
         * Takes a value in.
         *
         * @param step the denoising step it belongs to, from 0, as the scheduler counts
         */
        void accept(T x, int step);

        /**
         * The range of all that was seen.
         *
         * @throws CalibrationException if nothing was seen, or it is not finite
         */
        Range range();
    }
}
