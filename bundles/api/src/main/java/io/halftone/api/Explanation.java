package io.halftone.api;

import java.util.List;

/**
 * How a layer of a checkpoint came to be quantized as it is.
 *
 * @param layer     the layer's full name
 * @param format    name of its number format
 * @param algorithm name of what decided it
 * @param sites     its quantized tensors
 * @param further   vectors and parameters that the algorithm added, by name with their sizes
 */
public record Explanation(String layer, String format, String algorithm, List<Site> sites, List<String> further) {
    /**
     * A quantized tensor.
     *
     * @param name   the site's full name
     * @param origin how its range came about: collector, steps, formula, numbers
     * @param range  the range, the amax or how many there are and the largest, and the scale that its format makes of it
     */
    public record Site(String name, String origin, String range) {}

    public Explanation {
        sites = List.copyOf(sites);
        further = List.copyOf(further);
    }
}
