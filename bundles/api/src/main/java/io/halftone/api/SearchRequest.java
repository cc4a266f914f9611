package io.halftone.api;

import java.util.List;

/**
 * Search for a mixed-precision recipe: measure each layer's sensitivity alone, then choose what to quantize.
 *
 * @param source      the pipeline
 * @param settings    format, algorithm and collector of the quantized layers, and the level within which layers are chosen
 * @param formats     number formats to choose from for each layer; empty for that of the settings
 * @param calibration the runs that ranges come from
 * @param work        how they are carried out
 * @param prompts     prompts that sensitivity is measured on, beyond those of the calibration; at least 1
 * @param steps       denoising steps of the runs that sensitivity is measured on
 * @param targetPsnr  the least PSNR against full precision, in dB, on the searched prompts; NaN where a cost is given
 * @param maxCost     the greatest cost, 0 to 1: the bits of all weights' multiplications against those of full precision in 16 bits;
 *                    NaN where a PSNR is given
 * @param recipe      recipe file to write
 * @param table       sensitivity table to write, CSV; empty for none
 */
public record SearchRequest(PipelineSource source, QuantSettings settings, List<String> formats, CalibrationSettings calibration,
                            CalibrationWork work, int prompts, int steps, double targetPsnr, double maxCost, String recipe, String table) {
    public SearchRequest {
        formats = List.copyOf(formats);
        Checks.atLeast("prompts", prompts, 1);
        Checks.atLeast("steps", steps, 1);
        if (Double.isNaN(targetPsnr) == Double.isNaN(maxCost)) {
            throw new IllegalArgumentException("auto: found " + (Double.isNaN(maxCost) ? "neither" : "both")
                + " of target-psnr and max-cost; expected one of them");
        }
        if (maxCost <= 0 || maxCost > 1) {
            throw new IllegalArgumentException("max-cost: found " + maxCost + "; expected over 0, at most 1");
        }
    }
}
