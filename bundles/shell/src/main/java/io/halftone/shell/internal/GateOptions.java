package io.halftone.shell.internal;

import io.halftone.api.QualityGate;

/** What was given of a quality gate; null stands for what was not. */
record GateOptions(Double minPsnr, Double minSsim, Double maxLpips, String lpipsWeights) {
    static final String MIN_PSNR = "Fail, once everything is written, if a picture's PSNR against full precision is below this, in dB";
    static final String MIN_SSIM = "Fail, once everything is written, if a picture's SSIM against full precision is below this";
    static final String MAX_LPIPS = "Fail, once everything is written, if a picture's LPIPS distance from full precision is above this; needs "
        + "--lpips-weights";
    static final String LPIPS_WEIGHTS = "safetensors of an LPIPS network's state dict, AlexNet, VGG or SqueezeNet: its distance is measured";

    QualityGate gate() {
        return new QualityGate(orNone("min-psnr", minPsnr), orNone("min-ssim", minSsim), orNone("max-lpips", maxLpips), lpipsWeights);
    }

    private static double orNone(String option, Double given) {
        if (given != null && given.isNaN()) {
            throw new IllegalArgumentException(option + ": found NaN; expected a number");
        }
        return given == null ? Double.NaN : given;
    }
}
