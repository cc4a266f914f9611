package io.halftone.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFilesTest {
    private static final List<String> MODEL = List.of("model");

    /** From the first that is taken to the last. */
    private static final List<String> ORDER = List.of("model.safetensors", "model.safetensors.index.json", "model.fp16.safetensors",
        "model.safetensors.index.fp16.json", "model.safetensors.fp16.index.json", "model.bf16.safetensors",
        "model.safetensors.index.bf16.json", "model.safetensors.bf16.index.json");

    @TempDir
    Path folder;

    @Test
    void prefersNoVariantAndOneFile() throws IOException {
        touch(ORDER);
        for (String name : ORDER) {
            assertEquals(folder.resolve(name), SafetensorsFiles.find(folder, MODEL));
            Files.delete(folder.resolve(name));
        }
    }

    @Test
    void findsTheVariantAskedForThoughThereAreOthers() throws IOException {
        touch(ORDER);
        assertEquals(folder.resolve("model.bf16.safetensors"), SafetensorsFiles.find(folder, MODEL, "bf16"));
    }

    @Test
    void findsVariantOfAnyName() throws IOException {
        touch(List.of("model.non-ema.safetensors"));
        assertEquals(folder.resolve("model.non-ema.safetensors"), SafetensorsFiles.find(folder, MODEL, "non-ema"));
    }

    @Test
    void triesStemsInTheirOrder() throws IOException {
        touch(List.of("model.safetensors", "diffusion_pytorch_model.safetensors"));
        assertEquals(folder.resolve("diffusion_pytorch_model.safetensors"),
            SafetensorsFiles.find(folder, List.of("diffusion_pytorch_model", "model")));
    }

    @Test
    void refusesVariantThatIsNotThere() throws IOException {
        touch(List.of("model.safetensors"));
        var e = assertThrows(CheckpointException.class, () -> SafetensorsFiles.find(folder, MODEL, "fp16"));
        assertEquals(folder + ": found model.safetensors; expected one of model.fp16.safetensors, model.safetensors.index.fp16.json, "
            + "model.safetensors.fp16.index.json", e.getMessage());
    }

    @Test
    void refusesVariantThatIsAPath() {
        var e = assertThrows(IllegalArgumentException.class, () -> SafetensorsFiles.find(folder, MODEL, "../fp16"));
        assertEquals("variant: found ../fp16; expected one word, as fp16", e.getMessage());
    }

    @Test
    void refusesPicklesWithAdvice() throws IOException {
        touch(List.of("model.bin", "model.ckpt", "model.pt", "model.pth", "config.json"));
        assertRefused("found model.bin, model.ckpt, model.pt, model.pth; expected one of " + String.join(", ", ORDER)
            + " (a pickle can run code when it is opened, so none is: convert it to safetensors)");
    }

    @Test
    void saysWhatItLookedForWhereThereIsNothing() throws IOException {
        touch(List.of("config.json"));
        assertRefused("found no weights; expected one of " + String.join(", ", ORDER));
    }

    @Test
    void refusesMissingFolder() {
        var e = assertThrows(CheckpointException.class, () -> SafetensorsFiles.open(folder.resolve("vae"), MODEL));
        assertEquals(folder.resolve("vae") + ": found no folder; expected one with model.safetensors", e.getMessage());
    }

    @Test
    void opensOneFile() throws IOException {
        Samples.floats(folder.resolve("model.fp16.safetensors"), Map.of("a", 1f), Map.of());
        try (Safetensors weights = SafetensorsFiles.open(folder, MODEL)) {
            assertArrayEquals(new float[] {1}, weights.read("a").toFloats());
        }
    }

    @Test
    void opensShardsOfAVariant() throws IOException {
        Samples.floats(folder.resolve("model.fp16-00001-of-00001.safetensors"), Map.of("a", 2f), Map.of());
        Files.writeString(folder.resolve("model.safetensors.index.fp16.json"),
            "{\"weight_map\":{\"a\":\"model.fp16-00001-of-00001.safetensors\"}}");
        try (Safetensors weights = SafetensorsFiles.open(folder, MODEL, "fp16")) {
            assertArrayEquals(new float[] {2}, weights.read("a").toFloats());
        }
    }

    private void assertRefused(String message) {
        var e = assertThrows(CheckpointException.class, () -> SafetensorsFiles.open(folder, MODEL));
        assertEquals(folder + ": " + message, e.getMessage());
    }

    private void touch(List<String> names) throws IOException {
        for (String name : names) {
            Files.createFile(folder.resolve(name));
        }
    }
}
