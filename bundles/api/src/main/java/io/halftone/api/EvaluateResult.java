package io.halftone.api;

import java.util.List;

/**
 * What an evaluation found.
 *
 * @param variants in the order in which they were asked for, full precision left out
 * @param html     the report for people, one file
 * @param json     the report for programs
 * @param csv      a line for each picture
 * @param made     pictures that this job made
 * @param kept     pictures that were there already
 * @param seconds  time taken
 */
public record EvaluateResult(List<Variant> variants, String html, String json, String csv, int made, int kept, double seconds) {
    /**
     * One variant against full precision: means over its pictures.
     *
     * @param psnr         in dB; infinite if any picture is equal
     * @param worstPsnr    of the worst picture, in dB
     * @param lpips        NaN where no network was given
     * @param clip         score of pictures and prompts; NaN where no network was given
     * @param medianMillis of a call of the backbone
     * @param bytes        of the backbone's weights as they are stored
     * @param note         what a reader must know, such as integer layers computed in float; empty if nothing
     */
    public record Variant(String name, int pictures, double psnr, double worstPsnr, double ssim, double msSsim, double lpips, double clip,
                          double medianMillis, long bytes, String note) {}

    public EvaluateResult {
        variants = List.copyOf(variants);
    }
}
