package io.halftone.quant;

import io.halftone.ops.EagerOps;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Folds what a site sees into a range: max, per-step minimum ... Found by {@link io.halftone.model.Named}. A batch is folded where
 * its tensors are; what comes of it is a value, and values of batches merge in any order. Stateless.
 */
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
     * A new fold for one site and one batch.
     *
     * @param batch the batch's number, from 0, whatever the order in which batches run
     * @throws IllegalArgumentException if this collector cannot answer the request; the message says what it can
     */
    <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch);

    /**
     * What of its configuration changes ranges, as text that recipes record; empty if nothing does.
     *
     * @throws IllegalArgumentException if what is configured is refused; plans and jobs ask for it before they begin
     */
    default String configuration() {
        return "";
    }

    /** Whether {@link Request#percentile} changes what this collector gives. */
    default boolean usesPercentile() {
        return true;
    }

    /** What both have seen. Associative and commutative to the bit, whatever the batches that went into either. */
    Statistics merge(Statistics a, Statistics b);

    /**
     * The range of all that was seen.
     *
     * @throws CalibrationException if nothing was seen, or not what the request needs
     */
    Range range(Statistics statistics, Request request);

    /** How {@link #range} came about, in a line for users: the formula, and the numbers that decided. */
    String explain(Statistics statistics, Request request);

    /**
     * What one site sees in one batch. For use by one thread.
     *
     * @param <T> a tensor
     */
    @ConsumerType
    interface Fold<T> extends AutoCloseable {
        /**
         * Takes a value in, without waiting for the device.
         *
         * @param step the denoising step it belongs to, from 0, as the scheduler counts
         */
        void accept(T x, int step);

        /**
         * What was seen, brought to the host.
         *
         * @throws CalibrationException if something that counts was not finite
         */
        Statistics statistics();

        /** Releases what is kept on the device. */
        @Override
        void close();
    }

    /**
     * A fold that looks at one small thing of each value, such as its largest magnitude. A pass over it can be recorded: the small things of all
     * sites leave the recording together, and are taken in after it.
     *
     * @param <T> a tensor
     */
    @ConsumerType
    interface Reducing<T> extends Fold<T> {
        /** What this fold looks at: a function of the value alone, without regard to calls before or to the step; not the value itself. */
        T reduce(T x);

        /** Takes in what {@link #reduce} gave, without waiting for the device. */
        void acceptReduced(T reduced, int step);

        @Override
        default void accept(T x, int step) {
            acceptReduced(reduce(x), step);
        }
    }
}
