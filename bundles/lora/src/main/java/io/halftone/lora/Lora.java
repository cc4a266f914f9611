package io.halftone.lora;

import java.nio.file.Path;

/**
 * A LoRA file and how much of it to add.
 *
 * @param file  a safetensors file
 * @param scale the weight; 1 adds what was trained, and less than 0 takes away
 */
public record Lora(Path file, double scale) {
    public Lora {
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException(file + ": scale: found " + scale + "; expected a finite number");
        }
    }
}
