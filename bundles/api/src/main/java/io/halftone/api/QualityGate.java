package io.halftone.api;

/**
 * What every picture of a quantized model must reach against full precision; a job whose pictures do not fails with a
 * {@link QualityException} once it has written its outputs.
 *
 * @param minPsnr  the least PSNR, in dB; NaN for none
 * @param minSsim  the least SSIM; NaN for none
 * @param maxLpips the greatest LPIPS distance; NaN for none
 * @param lpips    the LPIPS network's weights, safetensors; measured wherever they are given, empty for none
 */
public record QualityGate(double minPsnr, double minSsim, double maxLpips, String lpips) {
    public QualityGate {
        if (Double.isInfinite(minPsnr)) {
            throw new IllegalArgumentException("min-psnr: found " + minPsnr + "; expected a finite number");
        }
        if (minSsim < -1 || minSsim > 1) {
            throw new IllegalArgumentException("min-ssim: found " + minSsim + "; expected -1 to 1");
        }
        if (maxLpips < 0 || Double.isInfinite(maxLpips)) {
            throw new IllegalArgumentException("max-lpips: found " + maxLpips + "; expected a finite number >= 0");
        }
        if (!Double.isNaN(maxLpips) && lpips.isEmpty()) {
            throw new IllegalArgumentException("max-lpips: found it without the network's weights; expected lpips-weights too");
        }
    }

    /** Nothing is asked for. */
    public static QualityGate none() {
        return new QualityGate(Double.NaN, Double.NaN, Double.NaN, "");
    }

    /** Whether nothing is asked for; distances may be measured all the same. */
    public boolean isOpen() {
        return Double.isNaN(minPsnr) && Double.isNaN(minSsim) && Double.isNaN(maxLpips);
    }
}
