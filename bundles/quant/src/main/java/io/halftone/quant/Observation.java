package io.halftone.quant;

/**
 * What is to be seen of a site.
 *
 * @param collector   name of the collector that folds it
 * @param channelAxis the axis that keeps an amax for each index, counted from the last, -1; or {@link Collector.Request#NO_AXIS}
 */
public record Observation(String collector, int channelAxis) {
    /** One amax for the whole tensor. */
    public static Observation perTensor(String collector) {
        return new Observation(collector, Collector.Request.NO_AXIS);
    }
}
