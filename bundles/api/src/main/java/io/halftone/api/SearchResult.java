package io.halftone.api;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a search gave.
 *
 * @param recipe      the recipe file
 * @param table       the sensitivity table; empty if none
 * @param layers      each layer in each format, the least harmful first
 * @param chosen      layers that the recipe quantizes
 * @param cost        the recipe's cost, as the request counts it
 * @param psnr        PSNR of the recipe against full precision, measured on the searched prompts, in dB
 * @param seconds     time taken
 * @param idle        what of the settings changed nothing, as {@link PlanResult} has it
 */
public record SearchResult(String recipe, String table, List<Sensitivity> layers, int chosen, double cost, double psnr, double seconds,
                           Set<String> idle) {
    /**
     * What quantizing one layer alone does.
     *
     * @param layer  the layer's full name
     * @param format the number format
     * @param error  squared relative error of the final latents
     * @param cost   the part of the model's multiplications that the layer has, 0 to 1
     * @param chosen whether the recipe quantizes it so
     */
    public record Sensitivity(String layer, String format, double error, double cost, boolean chosen) {}

    public SearchResult {
        layers = List.copyOf(layers);
        idle = Collections.unmodifiableSet(new TreeSet<>(idle));
    }
}
