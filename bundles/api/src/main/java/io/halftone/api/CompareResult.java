package io.halftone.api;

import java.util.List;

/**
 * How two backbones compare.
 *
 * @param pictures  a pair for each prompt
 * @param reference the first one's latency
 * @param candidate the second one's
 * @param psnr      mean over the pictures, in dB
 * @param ssim      mean over the pictures
 * @param seconds   time taken
 */
public record CompareResult(List<Pair> pictures, Latency reference, Latency candidate, double psnr, double ssim, double seconds) {
    /**
     * One prompt's pictures.
     *
     * @param psnr in dB; infinite where they are equal
     */
    public record Pair(String prompt, String referenceImage, String candidateImage, String sideBySide, double psnr, double ssim) {}

    public CompareResult {
        pictures = List.copyOf(pictures);
    }
}
