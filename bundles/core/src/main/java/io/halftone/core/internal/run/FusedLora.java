package io.halftone.core.internal.run;

/**
 * A LoRA that a pipeline's weights have fused in.
 *
 * @param name   the file's name, without its folder
 * @param digest SHA-256 of the file, hexadecimal
 * @param scale  what its product is multiplied with
 */
public record FusedLora(String name, String digest, double scale) {
    @Override
    public String toString() {
        return name + ", SHA-256 " + digest + ", scale " + scale;
    }
}
