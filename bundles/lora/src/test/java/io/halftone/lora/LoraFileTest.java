package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraFileTest {
    @TempDir
    Path folder;

    private Path path;
    private final Map<String, TensorView> tensors = new LinkedHashMap<>();

    @BeforeEach
    void writeOneLayer() {
        path = folder.resolve("x.safetensors");
        factors("unet.a", 2);
    }

    private void factors(String layer, long rank) {
        tensors.put(layer + ".lora_A.weight", Samples.random(1, DType.FLOAT16, rank, 6));
        tensors.put(layer + ".lora_B.weight", Samples.random(2, DType.FLOAT16, 4, rank));
    }

    private LoraFile open(Map<String, String> metadata) {
        return LoraFile.open(Samples.write(path, tensors, metadata));
    }

    private void assertRefused(String message) {
        var e = assertThrows(CheckpointException.class, () -> open(Map.of()));
        assertEquals(message.replace("PATH", path.toString()), e.getMessage());
    }

    private double factor(String layer, Map<String, String> metadata) {
        try (LoraFile file = open(metadata)) {
            return file.pairs().stream().filter(pair -> pair.layer().equals(layer)).findFirst().orElseThrow().factor();
        }
    }

    @Test
    void listsTheParts() {
        try (LoraFile file = open(Map.of())) {
            assertEquals(List.of(new LoraPart("unet.a.lora_A.weight", "unet.a", LoraPart.Kind.DOWN),
                new LoraPart("unet.a.lora_B.weight", "unet.a", LoraPart.Kind.UP)), file.parts());
            assertEquals(path, file.path());
        }
    }

    @Test
    void takesTheRankForAlphaWhereNothingIsSaid() {
        assertEquals(1, factor("unet.a", Map.of("format", "pt")));
    }

    @Test
    void dividesTheAlphaTensorByTheRank() {
        tensors.put("unet.a.alpha", Samples.scalar(1));
        assertEquals(0.5, factor("unet.a", Map.of("lora_adapter_metadata", "{\"unet.lora_alpha\": 7}")));
    }

    @Test
    void readsAnAlphaOfAWholeNumberOrOneElement() {
        tensors.put("unet.a.alpha", TensorView.ofLongs(new long[] {3}, 1));
        assertEquals(1.5, factor("unet.a", Map.of()));
    }

    @Test
    void readsAlphaFromTheMetadataOfItsComponent() {
        factors("text_encoder.b", 2);
        var metadata = Map.of("lora_adapter_metadata",
            "{\"unet.lora_alpha\": 8, \"text_encoder.lora_alpha\": 3.0, \"unet.use_dora\": false}");
        assertEquals(4, factor("unet.a", metadata));
        assertEquals(1.5, factor("text_encoder.b", metadata));
    }

    @Test
    void readsAlphaPatternsBeforeTheCommonAlpha() {
        factors("unet.b.a", 2);
        factors("unet.c", 2);
        var metadata = Map.of("lora_adapter_metadata",
            "{\"unet.lora_alpha\": 8, \"unet.alpha_pattern\": {\"^a\": 2, \"b.a\": 6}}");
        assertEquals(1, factor("unet.a", metadata));
        assertEquals(3, factor("unet.b.a", metadata));
        assertEquals(4, factor("unet.c", metadata));
    }

    @Test
    void dividesByTheRootOfTheRankWhereThatIsSaid() {
        var metadata = Map.of("lora_adapter_metadata", "{\"unet.lora_alpha\": 8, \"unet.use_rslora\": true}");
        assertEquals(8 / Math.sqrt(2), factor("unet.a", metadata));
    }

    @Test
    void readsTheConfigurationBesideAnAdapter() throws IOException {
        path = folder.resolve("adapter_model.safetensors");
        Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"lora_alpha\": 16, \"r\": 2}");
        factors("base_model.model.b", 2);
        assertEquals(8, factor("base_model.model.b", Map.of()));
    }

    @Test
    void readsTheNetworkAlphaForLayersOfItsSpelling() {
        factors("lora_unet_b", 2);
        assertEquals(4, factor("lora_unet_b", Map.of("ss_network_alpha", "8.0")));
        assertEquals(1, factor("unet.a", Map.of("ss_network_alpha", "8.0")));
    }

    @Test
    void rejectsMetadataThatIsNotWhatItShouldBe() {
        var text = assertThrows(CheckpointException.class, () -> open(Map.of("ss_network_alpha", "much")));
        assertEquals(path + ": ss_network_alpha: found much; expected a number", text.getMessage());
        var list = assertThrows(CheckpointException.class, () -> open(Map.of("lora_adapter_metadata", "[]")));
        assertEquals(path + ": lora_adapter_metadata: found no JSON object; expected one", list.getMessage());
        var alpha = assertThrows(CheckpointException.class, () -> open(Map.of("lora_adapter_metadata", "{\"lora_alpha\": \"8\"}")));
        assertEquals(path + ": lora_adapter_metadata: lora_alpha: found \"8\"; expected a number", alpha.getMessage());
        var dora = assertThrows(CheckpointException.class, () -> open(Map.of("lora_adapter_metadata", "{\"unet.use_dora\": true}")));
        assertEquals(path + ": lora_adapter_metadata: found use_dora; expected LoRA alone (DoRA is not supported)", dora.getMessage());
        var pattern = assertThrows(CheckpointException.class,
            () -> open(Map.of("lora_adapter_metadata", "{\"alpha_pattern\": {\"(a+)+b\": 1}}")));
        assertEquals(path + ": lora_adapter_metadata: alpha_pattern: found (a+)+b; expected the name of a layer", pattern.getMessage());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 0, -1})
    void rejectsAlphaThatIsNoPositiveNumber(float alpha) {
        tensors.put("unet.a.alpha", Samples.scalar(alpha));
        assertRefused("PATH: unet.a: found alpha " + (double) alpha + "; expected a finite number above 0");
    }

    @Test
    void rejectsAlphaOfManyNumbers() {
        tensors.put("unet.a.alpha", TensorView.ofFloats(new float[] {1, 2}, 2));
        assertRefused("PATH: unet.a.alpha: found [2] FLOAT32; expected one number");
    }

    @Test
    void rejectsAFactorWithoutItsPartner() {
        tensors.remove("unet.a.lora_B.weight");
        tensors.put("unet.b.alpha", Samples.scalar(1));
        assertRefused("PATH: unet.a: found unet.a.lora_A.weight without the second factor; expected both factors\n"
            + "PATH: unet.b: found unet.b.alpha without factors; expected both factors");
    }

    @Test
    void rejectsAFactorInTwoSpellings() {
        tensors.put("unet.a.lora_down.weight", Samples.random(1, DType.FLOAT16, 2, 6));
        assertRefused("PATH: unet.a: found unet.a.lora_A.weight and unet.a.lora_down.weight; expected one of them");
    }

    @Test
    void rejectsFactorsOfDifferentRanks() {
        tensors.put("unet.a.lora_B.weight", Samples.random(2, DType.FLOAT16, 4, 3));
        assertRefused("PATH: unet.a: found [2, 6] FLOAT16 and [4, 3] FLOAT16; expected (rank, in) and (out, rank),"
            + " or (rank, in, height, width) and (out, rank, 1, 1)");
    }

    @Test
    void rejectsAConvolutionWhoseSecondFactorHasAKernel() {
        tensors.put("unet.a.lora_A.weight", Samples.random(1, DType.FLOAT16, 2, 6, 3, 3));
        tensors.put("unet.a.lora_B.weight", Samples.random(2, DType.FLOAT16, 4, 2, 3, 3));
        assertRefused("PATH: unet.a: found [2, 6, 3, 3] FLOAT16 and [4, 2, 3, 3] FLOAT16; expected (rank, in) and (out, rank),"
            + " or (rank, in, height, width) and (out, rank, 1, 1)");
    }

    @Test
    void rejectsFactorsWithoutElements() {
        tensors.put("unet.a.lora_A.weight", Samples.random(1, DType.FLOAT16, 0, 6));
        tensors.put("unet.a.lora_B.weight", Samples.random(2, DType.FLOAT16, 4, 0));
        assertRefused("PATH: unet.a: found [0, 6] FLOAT16 and [4, 0] FLOAT16; expected (rank, in) and (out, rank),"
            + " or (rank, in, height, width) and (out, rank, 1, 1)");
    }

    @Test
    void rejectsARankAboveBothSides() {
        factors("unet.a", 7);
        assertRefused("PATH: unet.a: found rank 7; expected at most 6, the layer's larger side");
    }

    @Test
    void rejectsFactorsOfQuantizedTypes() {
        tensors.put("unet.a.lora_A.weight", TensorView.ofLongs(new long[12], 2, 6));
        assertRefused("PATH: unet.a.lora_A.weight: found INT64; expected FLOAT32, FLOAT16 or BFLOAT16");
    }

    @Test
    void rejectsOtherMethodsByNameAndListsAllElseThatIsWrong() {
        tensors.put("lora_unet_b.hada_w1_a", Samples.scalar(1));
        tensors.put("lora_unet_b.dora_scale", Samples.scalar(1));
        tensors.put("b.weight", Samples.scalar(1));
        tensors.put("a.diff", Samples.scalar(1));
        assertRefused("PATH: found DoRA (lora_unet_b.dora_scale); expected LoRA alone: other methods are not supported\n"
            + "PATH: found LoHa (lora_unet_b.hada_w1_a); expected LoRA alone: other methods are not supported\n"
            + "PATH: found unmatched keys a.diff, b.weight; expected keys of a LoRA alone");
    }

    @Test
    void rejectsAFileThatIsNoLora() {
        tensors.clear();
        tensors.put("b.weight", Samples.scalar(1));
        assertRefused("PATH: found none of its 1 keys to be a LoRA's; expected lora_A and lora_B, or lora_down and lora_up\n"
            + "PATH: found unmatched keys b.weight; expected keys of a LoRA alone");
    }

    @Test
    void rejectsFactorsThatAreNotFiniteWhenTheyAreRead() {
        tensors.put("unet.a.lora_B.weight", TensorView.ofFloats(new float[] {1, 2, 3, 4, Float.NaN, 6, 7, 8}, 4, 2));
        try (LoraFile file = open(Map.of())) {
            var e = assertThrows(CheckpointException.class, () -> file.values("unet.a.lora_B.weight"));
            assertEquals(path + ": unet.a.lora_B.weight: found NaN; expected finite values", e.getMessage());
        }
    }
}
