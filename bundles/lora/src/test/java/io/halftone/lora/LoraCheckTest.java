package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.lora.LoraCheck.Finding;
import io.halftone.lora.LoraCheck.Kind;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraCheckTest {
    @TempDir
    Path top;

    private Path folder;

    @BeforeEach
    void writePipeline() throws IOException {
        folder = Folders.pipeline(top.resolve("pipeline"));
    }

    @Test
    void findsNothingInAPlainPipeline() throws IOException {
        Samples.write(folder.resolve("single_file.safetensors"), Folders.UNET);
        assertEquals(List.of(), LoraCheck.unfused(folder));
    }

    @Test
    void findsLorasByTheirKeysInTheTopAndBesideTheBackbone() throws IOException {
        Path words = Folders.textLora(folder.resolve("anything.safetensors"));
        Path style = Folders.lora(folder.resolve("unet/style.safetensors"));
        assertEquals(List.of(new Finding(words, Kind.FILE, List.of("text_encoder.text_model.fc1")),
            new Finding(style, Kind.FILE, List.of("unet.conv_in", "unet.mid_block.proj_in"))), LoraCheck.unfused(folder));
    }

    @Test
    void listsLayersThatThePipelineLacksAsTheyAreSpelled() throws IOException {
        Path other = Samples.write(folder.resolve("x.safetensors"), Map.of("lora_te2_a.lora_up.weight", Samples.scalar(1),
            "lora_unet_norm.hada_w1_a", Samples.scalar(1)));
        assertEquals(List.of(new Finding(other, Kind.FILE, List.of("lora_te2_a", "lora_unet_norm.hada_w1_a"))), LoraCheck.unfused(folder));
    }

    @Test
    void findsFactorsAndWrappedLayersAmongWeights() throws IOException {
        Path weights = Samples.write(folder.resolve("text_encoder/model.safetensors"), Map.of(
            "fc1.base_layer.weight", Samples.random(1, DType.FLOAT16, 4, 3),
            "fc1.lora_A.default.weight", Samples.random(1, DType.FLOAT16, 2, 3),
            "fc2.lora_A.default.weight", Samples.random(1, DType.FLOAT16, 2, 3),
            "fc3.weight", Samples.random(1, DType.FLOAT16, 2, 3)));
        assertEquals(List.of(new Finding(weights, Kind.WRAPPED, List.of("text_encoder.fc1", "text_encoder.fc2"))),
            LoraCheck.unfused(folder));
    }

    @Test
    void passesOverALoraThatIsFused() throws IOException {
        Path style = Folders.lora(top.resolve("style.safetensors"));
        Path fused = top.resolve("fused");
        LoraFolder.fuse(folder, List.of(new Lora(style, 1)), fused, (component, written, total) -> { });
        Files.copy(style, fused.resolve("again.safetensors"));
        assertEquals(List.of(), LoraCheck.unfused(fused));
        Path words = Folders.textLora(fused.resolve("unet/words.safetensors"));
        assertEquals(List.of(new Finding(words, Kind.FILE, List.of("text_encoder.text_model.fc1"))), LoraCheck.unfused(fused));
    }

    @Test
    void namesFilesThatItCannotRead() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.safetensors"), "short");
        Path pickle = Files.writeString(folder.resolve("unet/pytorch_lora_weights.bin"), "");
        assertEquals(List.of(new Finding(broken, Kind.UNREADABLE, List.of()), new Finding(pickle, Kind.UNREADABLE, List.of())),
            LoraCheck.unfused(folder));
    }

    @Test
    void rejectsFoldersThatAreNoPipeline() {
        var e = assertThrows(CheckpointException.class, () -> LoraCheck.unfused(top));
        assertEquals(top + ": found no model_index.json; expected a diffusers pipeline folder", e.getMessage());
    }
}
