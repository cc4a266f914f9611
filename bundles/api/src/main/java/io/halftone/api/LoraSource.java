package io.halftone.api;

/**
 * A LoRA to fuse.
 *
 * @param file  safetensors file
 * @param scale what its product is multiplied with, beside its own alpha / rank
 */
public record LoraSource(String file, double scale) {
    public LoraSource {
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException("scale of " + file + ": found " + scale + "; expected a finite number");
        }
    }
}
