package io.halftone.diffusers.internal;

import io.halftone.fuzz.Contract;
import io.halftone.ops.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Configuration files, alone and as a whole pipeline's. */
public final class ConfigFuzz {
    private ConfigFuzz() {
    }

    /** One input: a model_index.json, and the same text again as the configuration of its unet. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> ConfigFile.parse("x", data), List.of(CheckpointException.class));
        Contract.check(() -> {
            String text = new String(data, StandardCharsets.UTF_8);
            ConfigSource source = new TextSource("x", Map.of("model_index.json", text, "unet/config.json", text));
            ModelIndex.read(source).pipeline(source);
        }, List.of(CheckpointException.class, IllegalArgumentException.class));
    }
}
