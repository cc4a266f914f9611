package io.halftone.diffusers.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiffusersFoldersTest {
    private static final Path TINY = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl");

    @TempDir
    Path folder;

    private static PipelineFolder open(Path folder) throws IOException {
        return new DiffusersFolders().open(folder);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    /** A file with one tensor {@code w} of float32. */
    private void writeWeights(String file, float... values) throws IOException {
        byte[] header = ("{\"w\":{\"dtype\":\"F32\",\"shape\":[" + values.length + "],\"data_offsets\":[0," + 4 * values.length + "]}}")
            .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).asFloatBuffer().put(values);
        Files.createDirectories(folder.resolve(file).getParent());
        Files.write(folder.resolve(file), bytes.array());
    }

    private void writeUnet() throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}");
        write("unet/config.json", "{\"_class_name\": \"UNet\"}");
    }

    private void assertRefused(String message) {
        assertEquals(message, assertThrows(CheckpointException.class, () -> open(folder)).getMessage());
    }

    private void assertIndexRefused(String index, String message) throws IOException {
        write("model_index.json", index);
        assertRefused(folder.resolve("model_index.json") + ": " + message);
    }

    @Test
    void readsTheConfigurationOfEveryComponentThatIsThere() throws IOException {
        try (PipelineFolder tiny = open(TINY)) {
            PipelineConfig config = tiny.config();
            assertEquals(Set.of("scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet", "vae"),
                config.components().keySet());
            assertFalse(config.has("image_encoder"));
            assertEquals("StableDiffusionXLPipeline", config.index().className());
            assertTrue(config.index().flag("force_zeros_for_empty_prompt", false));
            assertEquals("EulerDiscreteScheduler", config.component("scheduler").className());
            assertEquals("CLIPTextModelWithProjection", config.component("text_encoder_2").className());
            assertEquals("CLIPTokenizer", config.component("tokenizer").string("tokenizer_class"));
            assertEquals(List.of(32, 64, 96), config.component("unet").ints("block_out_channels"));
            assertFalse(config.component("unet").has("num_attention_heads"));
            assertEquals(TINY, tiny.path());
        }
    }

    @Test
    void opensTheWeightsOfAModel() throws IOException {
        try (PipelineFolder tiny = open(TINY)) {
            Parameters unet = tiny.parameters("unet");
            assertEquals(new Parameters.Info(DType.FLOAT16, new long[] {32, 4, 3, 3}), unet.info("conv_in.weight"));
            assertSame(unet, tiny.parameters("unet"));
            assertTrue(tiny.parameters("text_encoder").names().stream().anyMatch(name -> name.endsWith("final_layer_norm.weight")));
        }
    }

    @Test
    void prefersTransformersNameForATransformersModel() throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\", \"text_encoder\": [\"transformers\", \"T\"]}");
        write("text_encoder/config.json", "{}");
        writeWeights("text_encoder/diffusion_pytorch_model.safetensors", 1);
        writeWeights("text_encoder/model.safetensors", 1, 2);
        try (PipelineFolder pipeline = open(folder)) {
            assertEquals("[2] FLOAT32", pipeline.parameters("text_encoder").info("w").toString());
        }
    }

    @Test
    void prefersWeightsOfNoVariant() throws IOException {
        writeUnet();
        writeWeights("unet/diffusion_pytorch_model.fp16.safetensors", 1);
        writeWeights("unet/diffusion_pytorch_model.safetensors", 1, 2);
        try (PipelineFolder pipeline = open(folder)) {
            assertEquals("[2] FLOAT32", pipeline.parameters("unet").info("w").toString());
        }
    }

    @Test
    void needsNoWeightsToBeOpened() throws IOException {
        writeUnet();
        try (PipelineFolder pipeline = open(folder)) {
            var e = assertThrows(CheckpointException.class, () -> pipeline.parameters("unet"));
            assertTrue(e.getMessage().startsWith(folder.resolve("unet") + ": found no weights; expected one of "), e.getMessage());
        }
    }

    @Test
    void fingerprintsWhatAFolderHolds() throws IOException {
        writeUnet();
        writeWeights("unet/diffusion_pytorch_model.safetensors", 1, 2);
        String before = fingerprint();
        assertEquals(before, fingerprint());
        assertTrue(before.matches("[0-9a-f]{64}"), before);
        writeWeights("unet/diffusion_pytorch_model.safetensors", 1, 2, 3);
        assertNotEquals(before, fingerprint());
    }

    @Test
    void fingerprintsTellWeightsOfOneShapeApart() throws IOException {
        writeUnet();
        writeWeights("unet/diffusion_pytorch_model.safetensors", 1, 2);
        String before = fingerprint();
        writeWeights("unet/diffusion_pytorch_model.safetensors", 1, 3);
        assertNotEquals(before, fingerprint());
    }

    private String fingerprint() throws IOException {
        try (PipelineFolder pipeline = open(folder)) {
            return pipeline.fingerprint("unet");
        }
    }

    @Test
    void refusesAComponentThatIsLeftOut() throws IOException {
        try (PipelineFolder tiny = open(TINY)) {
            var e = assertThrows(IllegalArgumentException.class, () -> tiny.parameters("image_encoder"));
            assertEquals(TINY.resolve("model_index.json") + ": component image_encoder: found none; expected one beside "
                + tiny.config().components().keySet(), e.getMessage());
        }
    }

    @Test
    void givesNoWeightsOnceItIsClosed() throws IOException {
        PipelineFolder tiny = open(TINY);
        Parameters unet = tiny.parameters("unet");
        tiny.close();
        tiny.close();
        assertEquals(TINY + ": found it closed; expected an open folder",
            assertThrows(IllegalStateException.class, () -> tiny.parameters("unet")).getMessage());
        assertThrows(IllegalStateException.class, () -> unet.read("conv_in.weight"));
    }

    @Test
    void takesTheClassOfTheIndexWhereAConfigurationNamesNone() throws IOException {
        write("model_index.json", """
            {"_class_name": "P", "scheduler": ["diffusers", "DDIMScheduler"], "tokenizer": ["transformers", "TokenizersBackend"],
             "text_encoder": ["transformers", "CLIPTextModel"], "feature_extractor": ["transformers", "CLIPImageProcessor"]}""");
        write("scheduler/scheduler_config.json", "{}");
        write("tokenizer/tokenizer_config.json", "{}");
        write("text_encoder/config.json", "{\"architectures\": [\"CLIPTextModelWithProjection\"]}");
        write("feature_extractor/preprocessor_config.json", "{}");
        try (PipelineFolder pipeline = open(folder)) {
            PipelineConfig config = pipeline.config();
            assertEquals("DDIMScheduler", config.component("scheduler").className());
            assertEquals("TokenizersBackend", config.component("tokenizer").string("tokenizer_class"));
            assertEquals("CLIPTextModelWithProjection", config.component("text_encoder").className());
            assertEquals("CLIPImageProcessor", config.component("feature_extractor").className());
        }
    }

    @Test
    void readsOneConfigurationFile() throws IOException {
        ModelConfig config = new DiffusersFolders().config(TINY.resolve("vae/config.json"));
        assertEquals("AutoencoderKL", config.className());
        assertEquals(TINY.resolve("vae/config.json").toString(), config.source());
    }

    @Test
    void refusesAConfigurationFileThatIsNotThere() {
        var e = assertThrows(CheckpointException.class, () -> new DiffusersFolders().config(folder.resolve("x.json")));
        assertEquals(folder.resolve("x.json") + ": found nothing; expected a configuration file", e.getMessage());
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        var e = assertThrows(CheckpointException.class, () -> open(folder.resolve("none")));
        assertEquals(folder.resolve("none") + ": found nothing; expected a diffusers pipeline folder", e.getMessage());
    }

    @Test
    void refusesAFile() throws IOException {
        write("file", "");
        var e = assertThrows(CheckpointException.class, () -> open(folder.resolve("file")));
        assertEquals(folder.resolve("file") + ": found a file; expected a diffusers pipeline folder", e.getMessage());
    }

    @Test
    void refusesAFolderWithoutIndex() {
        assertRefused(folder + ": found no model_index.json; expected a diffusers pipeline folder");
    }

    @Test
    void refusesAnIndexWithoutClass() throws IOException {
        assertIndexRefused("{}", "_class_name: found none; expected the pipeline's class");
    }

    @Test
    void refusesAnIndexWithANumberForAClass() throws IOException {
        assertIndexRefused("{\"_class_name\": 5}", "_class_name: found 5; expected the pipeline's class");
    }

    @Test
    void refusesAComponentThatLeadsElsewhere() throws IOException {
        for (String name : List.of("../unet", "..", ".", "/unet", "a/b", "a\\\\b", "")) {
            assertIndexRefused("{\"_class_name\": \"P\", \"" + name + "\": [\"diffusers\", \"UNet\"]}",
                name.replace("\\\\", "\\") + ": found a component of that name; expected the name of a folder in this one");
        }
    }

    @Test
    void refusesAComponentThatIsNoPair() throws IOException {
        for (String value : List.of("[]", "['diffusers']", "[1, 2]", "['diffusers', null]", "[null, 'UNet']", "['a', 'b', 'c']")) {
            assertIndexRefused("{\"_class_name\": \"P\", \"unet\": " + value.replace('\'', '"') + "}",
                "unet: found " + value.replace("'", "") + "; expected [library, class] or [null, null]");
        }
    }

    @Test
    void namesEveryFolderThatIsMissing() throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\", \"vae\": [\"diffusers\", \"V\"], \"unet\": [\"diffusers\", \"U\"]}");
        assertRefused(folder + ": found no folder unet, vae; expected one for each component of model_index.json");
    }

    @Test
    void refusesAComponentWithoutConfiguration() throws IOException {
        writeUnet();
        Files.delete(folder.resolve("unet/config.json"));
        assertRefused(folder.resolve("unet/config.json") + ": found nothing; expected a configuration file");
    }

    @Test
    void refusesAKeyTwice() throws IOException {
        assertIndexRefused("{\"_class_name\": \"P\", \"_class_name\": \"Q\"}",
            "found Duplicate field '_class_name'; expected a JSON object");
    }

    @Test
    void refusesAListForAnIndex() throws IOException {
        assertIndexRefused("[]", "found a list; expected a JSON object");
    }

    @Test
    void refusesAnEmptyIndex() throws IOException {
        assertIndexRefused("", "found an empty file; expected a JSON object");
    }

    @Test
    void refusesTextBehindTheObject() throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\"} {}");
        assertThrows(CheckpointException.class, () -> open(folder));
    }

    @Test
    void refusesNestingWithoutEnd() throws IOException {
        write("model_index.json", "{\"a\": " + "[".repeat(100_000));
        var e = assertThrows(CheckpointException.class, () -> open(folder));
        assertTrue(e.getMessage().contains("nesting depth (65) exceeds the maximum allowed (64"), e.getMessage());
    }

    @Test
    void refusesAFileTooLarge() throws IOException {
        assertIndexRefused(" ".repeat((16 << 20) + 1), "found 16777217 bytes; expected at most 16777216");
    }

    @Test
    void refusesANumberBeyondFloat64() throws IOException {
        assertIndexRefused("{\"_class_name\": \"P\", \"a\": {\"b\": [0, 1e999]}}",
            "a.b[1]: found a number beyond all that float64 has; expected a finite one");
    }

    private void assertLinkRefused(String link, Path target, Path real) throws IOException {
        Path there = folder.resolve(link);
        Files.deleteIfExists(there);
        Files.createSymbolicLink(there, target);
        assertRefused(there + ": found a link to " + real + ", outside " + folder.toRealPath()
            + "; expected a file inside: copy it, or link the whole folder");
    }

    @Test
    void refusesLinkOutOfTheFolder(@TempDir Path elsewhere) throws IOException {
        writeUnet();
        Path secret = Files.writeString(elsewhere.resolve("secret"), "{}").toRealPath();
        assertLinkRefused("unet/config.json", secret, secret);
        assertLinkRefused("unet/diffusion_pytorch_model.safetensors", secret, secret);
        assertLinkRefused("model_index.json", folder.relativize(secret), secret);
    }

    @Test
    void refusesLinkedComponentOutsideTheFolder(@TempDir Path elsewhere) throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}");
        assertLinkRefused("unet", elsewhere, elsewhere.toRealPath());
    }

    @Test
    void followsLinksInsideTheFolder() throws IOException {
        writeUnet();
        Files.move(folder.resolve("unet"), folder.resolve("the unet"));
        Files.createSymbolicLink(folder.resolve("unet"), Path.of("the unet"));
        try (PipelineFolder open = open(folder)) {
            assertEquals("UNet", open.config().component("unet").className());
        }
    }

    @Test
    void followsALinkToTheWholeFolder(@TempDir Path elsewhere) throws IOException {
        writeUnet();
        Path link = Files.createSymbolicLink(elsewhere.resolve("model"), folder);
        try (PipelineFolder open = open(link)) {
            assertEquals("UNet", open.config().component("unet").className());
        }
    }

    @Test
    void followsLinksIntoTheBlobsOfAHubCache() throws IOException {
        write("blobs/1", "{\"_class_name\": \"P\", \"unet\": [\"diffusers\", \"UNet\"]}");
        write("blobs/2", "{\"_class_name\": \"UNet\"}");
        Path snapshot = Files.createDirectories(folder.resolve("snapshots/0123"));
        Files.createDirectory(snapshot.resolve("unet"));
        Files.createSymbolicLink(snapshot.resolve("model_index.json"), Path.of("../../blobs/1"));
        Files.createSymbolicLink(snapshot.resolve("unet/config.json"), Path.of("../../../blobs/2"));
        try (PipelineFolder open = open(snapshot)) {
            assertEquals("UNet", open.config().component("unet").className());
        }
        Path secret = Files.writeString(folder.resolve("secret"), "{}").toRealPath();
        Path there = Files.createSymbolicLink(snapshot.resolve("unet/extra.json"), Path.of("../../../secret"));
        assertEquals(there + ": found a link to " + secret + ", outside " + snapshot.toRealPath()
            + "; expected a file inside: copy it, or link the whole folder", assertThrows(CheckpointException.class, () -> open(snapshot)).getMessage());
    }

    @Test
    void refusesComponentThatClimbsOut() throws IOException {
        assertIndexRefused("{\"_class_name\": \"P\", \"../up\": [\"diffusers\", \"UNet\"]}",
            "../up: found a component of that name; expected the name of a folder in this one");
    }

    @Test
    void refusesBytesThatAreNoCharacters() throws IOException {
        Files.write(folder.resolve("model_index.json"), new byte[] {0, 0, 0, '{', 0x75, (byte) 0xff, 0, 0});
        assertEquals(folder.resolve("model_index.json") + ": found Invalid UTF-32 character 0x75fe0000 (above 0x0010ffff) at char #1, byte #7); expected a JSON object",
            assertThrows(CheckpointException.class, () -> open(folder)).getMessage());
    }

    @Test
    void refusesExponentThatNoNumberHas() throws IOException {
        write("model_index.json", "{\"_class_name\": \"P\", \"a\": 1e309223372036854775807}");
        String message = assertThrows(CheckpointException.class, () -> open(folder)).getMessage();
        assertTrue(message.startsWith(folder.resolve("model_index.json") + ": found a number that none can hold ("), message);
    }
}
