package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraFolderTest {
    private static final LoraFolder.Progress SILENT = (component, written, total) -> { };

    @TempDir
    Path top;

    private Path source;
    private Path fused;
    private Path lora;

    @BeforeEach
    void writePipeline() throws IOException {
        source = Folders.pipeline(top.resolve("source"));
        fused = top.resolve("fused");
        lora = Folders.lora(top.resolve("style.safetensors"));
    }

    private List<LoraDigest> fuse(Lora... loras) throws IOException {
        return LoraFolder.fuse(source, List.of(loras), fused, SILENT);
    }

    private List<String> beside() throws IOException {
        try (var entries = Files.list(top)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void writesTheWeightsThatTheFusionGivesAndKeepsThoseItReplaced() throws IOException {
        fuse(new Lora(lora, 0.8));
        assertEquals(List.of("halftone_lora.json", "halftone_lora/unet.original.safetensors", "model_index.json",
            "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder/model.fp16.safetensors", "unet/config.json",
            "unet/diffusion_pytorch_model.safetensors"), Folders.files(fused));
        try (SafetensorsFile written = SafetensorsFile.open(fused.resolve("unet/diffusion_pytorch_model.safetensors"));
            SafetensorsFile originals = SafetensorsFile.open(fused.resolve("halftone_lora/unet.original.safetensors"));
            LoraFusion fusion = LoraFusion.open(List.of(new Lora(lora, 0.8)), Map.of("unet", Samples.parameters(Folders.UNET)))) {
            assertEquals(Folders.UNET.keySet(), written.names());
            assertEquals(Map.of("format", "pt"), written.metadata());
            for (String name : written.names()) {
                assertEquals(fusion.parameters("unet").read(name).bytes(), written.read(name).bytes(), name);
            }
            assertEquals(Set.of("conv_in.weight", "mid_block.proj_in.weight"), originals.names());
            for (String name : originals.names()) {
                assertEquals(Folders.UNET.get(name).bytes(), originals.read(name).bytes(), name);
                assertNotEquals(Folders.UNET.get(name).bytes(), written.read(name).bytes(), name);
            }
        }
    }

    @Test
    void givesBackTheWeightsToTheBit() throws IOException {
        fuse(new Lora(lora, 0.8), new Lora(Folders.textLora(top.resolve("words.safetensors")), -1.5));
        Path back = top.resolve("back");
        LoraFolder.unfuse(fused, back, SILENT);
        for (String component : List.of("unet", "text_encoder")) {
            var before = Folders.weights(source.resolve(component));
            assertNotEquals(before, Folders.weights(fused.resolve(component)));
            assertEquals(before, Folders.weights(back.resolve(component)));
        }
        assertEquals(List.of("model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
            "text_encoder/model.fp16.safetensors", "unet/config.json", "unet/diffusion_pytorch_model.safetensors"), Folders.files(back));
        assertEquals(List.of(), LoraFolder.fused(back));
    }

    @Test
    void recordsDigestAndScaleOfEachLora() throws IOException {
        Path words = Folders.textLora(top.resolve("words.safetensors"));
        List<LoraDigest> digests = fuse(new Lora(words, -1.5), new Lora(lora, 0.1));
        assertEquals(List.of(new LoraDigest("words.safetensors", LoraDigest.sha256(words), -1.5),
            new LoraDigest("style.safetensors", LoraDigest.sha256(lora), 0.1)), digests);
        assertEquals(digests, LoraFolder.fused(fused));
        assertEquals(List.of(), LoraFolder.fused(source));
    }

    @Test
    void givesTheSameBytesEachTime() throws IOException {
        fuse(new Lora(lora, 0.8));
        Path again = top.resolve("again");
        LoraFolder.fuse(source, List.of(new Lora(lora, 0.8)), again, SILENT);
        for (String file : Folders.files(fused)) {
            assertEquals(-1, Files.mismatch(fused.resolve(file), again.resolve(file)), file);
        }
    }

    @Test
    void keepsTheVariantInTheNameOfAnotherComponent() throws IOException {
        fuse(new Lora(Folders.textLora(top.resolve("words.safetensors")), 1));
        assertTrue(Files.isRegularFile(fused.resolve("text_encoder/model.fp16.safetensors")));
        assertTrue(Files.isRegularFile(fused.resolve("unet/diffusion_pytorch_model-00001-of-00002.safetensors")));
    }

    @Test
    void linksLargeFilesThatDoNotChange() throws IOException {
        Path large = source.resolve("text_encoder/model.fp16.safetensors");
        assumeTrue(Files.getFileStore(top).supportsFileAttributeView("posix"), "no hard links here");
        fuse(new Lora(lora, 1));
        assertEquals(Files.getAttribute(large, "unix:ino"),
            Files.getAttribute(fused.resolve("text_encoder/model.fp16.safetensors"), "unix:ino"));
    }

    @Test
    void readsAFolderOfLinks() throws IOException {
        Path blobs = Files.createDirectories(top.resolve("cache/blobs"));
        Path snapshot = top.resolve("cache/snapshots/0123");
        Files.createDirectories(snapshot.resolve("unet"));
        for (String file : List.of("model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.fp16.safetensors")) {
            Path blob = Files.copy(source.resolve(file), blobs.resolve(file.replace('/', '-')));
            Files.createSymbolicLink(snapshot.resolve(file), blob);
        }
        LoraFolder.fuse(snapshot, List.of(new Lora(lora, 1)), fused, SILENT);
        assertEquals(List.of("halftone_lora.json", "halftone_lora/unet.original.safetensors", "model_index.json", "unet/config.json",
            "unet/diffusion_pytorch_model.fp16.safetensors"), Folders.files(fused));
        assertEquals(3, Folders.weights(fused.resolve("unet")).size());
    }

    @Test
    void copiesNothingThatALinkBringsFromOutside() throws IOException {
        Path secret = Files.writeString(top.resolve("secret"), "s").toRealPath();
        Path link = Files.createSymbolicLink(source.resolve("unet/notes.txt"), secret);
        String message = assertThrows(CheckpointException.class, () -> fuse(new Lora(lora, 1))).getMessage();
        assertEquals(link + ": found a link to " + secret + ", outside " + source.toRealPath()
            + "; expected a file inside: copy it, or link the whole folder", message);
        assertTrue(Files.notExists(fused));
    }

    @Test
    void leavesOutTheLoraItFusesAndNoOther() throws IOException {
        Path inside = Folders.lora(source.resolve("style.safetensors"));
        Folders.textLora(source.resolve("unet/words.safetensors"));
        fuse(new Lora(inside, 1));
        assertTrue(Files.notExists(fused.resolve("style.safetensors")));
        assertTrue(Files.exists(fused.resolve("unet/words.safetensors")));
    }

    @Test
    void tellsOfEachTensor() throws IOException {
        List<String> told = new ArrayList<>();
        LoraFolder.fuse(source, List.of(new Lora(lora, 1)), fused,
            (component, written, total) -> told.add(component + " " + written + "/" + total));
        assertEquals(List.of("unet 1/3", "unet 2/3", "unet 3/3"), told);
    }

    @Test
    void leavesNothingWhenItFails() throws IOException {
        List<String> before = beside();
        LoraFolder.Progress cancelled = (component, written, total) -> {
            if (written == 2) {
                throw new IllegalStateException("cancelled");
            }
        };
        assertThrows(IllegalStateException.class, () -> LoraFolder.fuse(source, List.of(new Lora(lora, 1)), fused, cancelled));
        assertThrows(CheckpointException.class, () -> fuse(new Lora(lora, 1e300)));
        assertEquals(before, beside());
        fuse(new Lora(lora, 1));
        List<String> with = beside();
        assertThrows(IllegalStateException.class, () -> LoraFolder.unfuse(fused, top.resolve("back"), cancelled));
        assertEquals(with, beside());
    }

    @Test
    void rejectsKeysWithoutAPlaceInTheFolder() throws IOException {
        Map<String, TensorView> keys = new HashMap<>();
        keys.put("transformer.a.lora_A.weight", Samples.scalar(1));
        keys.put("x.diff", Samples.scalar(1));
        keys.put("unet.norm.alpha", Samples.scalar(1));
        Path bad = Samples.write(top.resolve("bad.safetensors"), keys);
        var e = assertThrows(CheckpointException.class, () -> fuse(new Lora(bad, 1)));
        assertEquals(bad + ": transformer.a: found transformer.a.lora_A.weight without the second factor; expected both factors\n"
            + bad + ": unet.norm: found unet.norm.alpha without factors; expected both factors\n"
            + bad + ": found unmatched keys x.diff; expected layers of text_encoder, unet", e.getMessage());
    }

    @Test
    void rejectsAFolderThatHasLorasFused() throws IOException {
        fuse(new Lora(lora, 1));
        var e = assertThrows(CheckpointException.class,
            () -> LoraFolder.fuse(fused, List.of(new Lora(lora, 1)), top.resolve("twice"), SILENT));
        assertEquals(fused + ": found LoRAs fused; expected none (unfuse them first, then fuse all at once)", e.getMessage());
    }

    @Test
    void rejectsTargetsThatAreThereOrWithinTheSource() throws IOException {
        Files.createDirectory(fused);
        var there = assertThrows(IllegalArgumentException.class, () -> fuse(new Lora(lora, 1)));
        assertEquals(fused + ": found it there; expected the path of a new folder", there.getMessage());
        Path within = source.resolve("unet/fused");
        var inside = assertThrows(IllegalArgumentException.class,
            () -> LoraFolder.fuse(source, List.of(new Lora(lora, 1)), within, SILENT));
        assertEquals(within + ": found it in " + source + "; expected a folder outside", inside.getMessage());
    }

    @Test
    void rejectsFoldersThatAreNoPipelineOrHaveNothingFused() {
        var none = assertThrows(CheckpointException.class, () -> LoraFolder.fuse(top, List.of(new Lora(lora, 1)), fused, SILENT));
        assertEquals(top + ": found no model_index.json; expected a diffusers pipeline folder", none.getMessage());
        var plain = assertThrows(CheckpointException.class, () -> LoraFolder.unfuse(source, fused, SILENT));
        assertEquals(source + ": found no halftone_lora.json; expected a folder with LoRAs fused", plain.getMessage());
    }

    @Test
    void rejectsManifestsThatItDidNotWrite() throws IOException {
        fuse(new Lora(lora, 1));
        Path manifest = fused.resolve("halftone_lora.json");
        String text = Files.readString(manifest);
        assertManifestRefused(text.replace("\"version\" : 1", "\"version\" : 2"), manifest + ": version: found 2; expected 1");
        assertManifestRefused("[1 2]", manifest + ": found Unexpected character ('2' (code 50)): was expecting comma to separate Array"
            + " entries; expected a JSON object");
        assertManifestRefused(text.replaceFirst("\"sha256\" : \"[0-9a-f]+", "\"sha256\" : \"XY"),
            manifest + ": loras: style.safetensors: sha256: found XY; expected 64 hexadecimal digits");
        assertManifestRefused(text.replaceFirst("\"scale\" : 1.0", "\"scale\" : \"1\""), manifest + ": loras: found {\"file\":"
            + "\"style.safetensors\",\"sha256\":\"" + LoraDigest.sha256(lora) + "\",\"scale\":\"1\"};"
            + " expected a file, its sha256 and a scale");
        String digest = LoraDigest.sha256(fused.resolve("halftone_lora/unet.original.safetensors"));
        assertManifestRefused(text.replace("\"diffusion_pytorch_model.safetensors\"", "\"../../other.safetensors\""), manifest
            + ": components: found unet with {\"weights\":\"../../other.safetensors\","
            + "\"originals\":\"halftone_lora/unet.original.safetensors\","
            + "\"sha256\":\"" + digest + "\"}; expected the name of its weights, halftone_lora/unet.original.safetensors and its sha256");
        assertManifestRefused(text.replace("halftone_lora/unet.original", "/unet.original"), manifest
            + ": components: found unet with {\"weights\":\"diffusion_pytorch_model.safetensors\","
            + "\"originals\":\"/unet.original.safetensors\","
            + "\"sha256\":\"" + digest + "\"}; expected the name of its weights, halftone_lora/unet.original.safetensors and its sha256");
        assertManifestRefused("{\"version\": 1}", manifest + ": found 0 loras and 0 components; expected at least one of each");
        Files.writeString(manifest, text);
        Path originals = fused.resolve("halftone_lora/unet.original.safetensors");
        Files.delete(originals);
        assertManifestRefused(text, originals + ": found nothing; expected the file that halftone_lora.json names");
    }

    private void assertManifestRefused(String text, String message) throws IOException {
        Files.writeString(fused.resolve("halftone_lora.json"), text);
        var e = assertThrows(CheckpointException.class, () -> LoraFolder.fused(fused));
        assertEquals(message, e.getMessage());
    }

    @Test
    void rejectsKeptTensorsThatAreNotThoseItKept() throws IOException {
        fuse(new Lora(lora, 1));
        Path originals = fused.resolve("halftone_lora/unet.original.safetensors");
        String kept = LoraDigest.sha256(originals);
        Samples.write(originals, Map.of("conv_in.weight", Folders.UNET.get("conv_in.weight")));
        var e = assertThrows(CheckpointException.class, () -> LoraFolder.unfuse(fused, top.resolve("back"), SILENT));
        assertEquals(originals + ": found sha256 " + LoraDigest.sha256(originals) + "; expected " + kept, e.getMessage());
    }

    @Test
    void rejectsWeightsThatWereExchanged() throws IOException {
        fuse(new Lora(lora, 1));
        Path originals = fused.resolve("halftone_lora/unet.original.safetensors");
        Map<String, TensorView> others = new HashMap<>(Folders.UNET);
        others.put("conv_in.weight", Samples.scalar(1));
        Samples.write(fused.resolve("unet/diffusion_pytorch_model.safetensors"), others);
        var e = assertThrows(CheckpointException.class, () -> LoraFolder.unfuse(fused, top.resolve("back"), SILENT));
        assertEquals(originals + ": found conv_in.weight; expected tensors of the type and shape that "
            + fused.resolve("unet/diffusion_pytorch_model.safetensors") + " has", e.getMessage());
    }
}
