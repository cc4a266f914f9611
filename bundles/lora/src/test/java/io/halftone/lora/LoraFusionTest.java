package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoraFusionTest {
    @TempDir
    Path folder;

    private final Map<String, TensorView> unet = new HashMap<>();
    private final Map<String, TensorView> keys = new HashMap<>();

    private Path lora(String name) {
        Path path = Samples.write(folder.resolve(name), keys);
        keys.clear();
        return path;
    }

    private void pair(String layer, TensorView down, TensorView up) {
        keys.put(layer + ".lora_down.weight", down);
        keys.put(layer + ".lora_up.weight", up);
    }

    private LoraFusion fusion(Lora... loras) {
        return LoraFusion.open(List.of(loras), Map.of("unet", Samples.parameters(unet)));
    }

    private String refusal(Map<String, Parameters> components, Lora... loras) {
        return assertThrows(CheckpointException.class, () -> LoraFusion.open(List.of(loras), components)).getMessage();
    }

    /** B A, written as it is defined: an output channel and all that goes into it. */
    private static double[][] product(TensorView up, TensorView down) {
        int rank = (int) down.shape()[0], out = (int) up.shape()[0], columns = (int) down.count() / rank;
        float[] b = up.toFloats(), a = down.toFloats();
        double[][] product = new double[out][columns];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < columns; i++) {
                for (int r = 0; r < rank; r++) {
                    product[o][i] += (double) b[o * rank + r] * a[r * columns + i];
                }
            }
        }
        return product;
    }

    private static float[] expected(TensorView weight, double factor, double[][] product) {
        float[] w = weight.toFloats(), sum = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            int columns = product[0].length;
            sum[i] = Rounding.nearest(weight.dtype(), w[i] + factor * product[i / columns][i % columns]);
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void addsToALinearLayerInFloat64AndRoundsOnce(DType dtype) {
        TensorView weight = Samples.random(1, dtype, 7, 5), down = Samples.random(2, DType.FLOAT16, 3, 5);
        TensorView up = Samples.random(3, DType.BFLOAT16, 7, 3);
        unet.put("a.weight", weight);
        pair("unet.a", down, up);
        keys.put("unet.a.alpha", Samples.scalar(1.5));
        try (LoraFusion fusion = fusion(new Lora(lora("x.safetensors"), 0.9))) {
            TensorView fused = fusion.parameters("unet").read("a.weight");
            assertEquals(dtype, fused.dtype());
            assertArrayEquals(new long[] {7, 5}, fused.shape());
            assertArrayEquals(expected(weight, 0.9 * (1.5 / 3), product(up, down)), fused.toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void addsToAConvolutionInFloat64AndRoundsOnce(DType dtype) {
        TensorView weight = Samples.random(1, dtype, 4, 2, 3, 3), down = Samples.random(2, DType.FLOAT32, 2, 2, 3, 3);
        TensorView up = Samples.random(3, DType.FLOAT32, 4, 2, 1, 1);
        unet.put("conv.weight", weight);
        pair("lora_unet_conv", down, up);
        keys.put("lora_unet_conv.alpha", Samples.scalar(1));
        try (LoraFusion fusion = fusion(new Lora(lora("x.safetensors"), -0.7))) {
            assertArrayEquals(expected(weight, -0.7 * 0.5, product(up, down)), fusion.parameters("unet").read("conv.weight").toFloats());
        }
    }

    @Test
    void fitsLinearLayersAndConvolutionsOfOnePixelToEachOther() {
        TensorView linear = Samples.random(1, DType.FLOAT32, 4, 3), conv = Samples.random(2, DType.FLOAT32, 4, 3, 1, 1);
        TensorView down = Samples.random(3, DType.FLOAT32, 2, 3), up = Samples.random(4, DType.FLOAT32, 4, 2);
        unet.put("linear.weight", linear);
        unet.put("conv.weight", conv);
        pair("unet.linear", TensorView.host(DType.FLOAT32, new long[] {2, 3, 1, 1}, down.bytes()),
            TensorView.host(DType.FLOAT32, new long[] {4, 2, 1, 1}, up.bytes()));
        pair("unet.conv", down, up);
        try (LoraFusion fusion = fusion(new Lora(lora("x.safetensors"), 1))) {
            Parameters fused = fusion.parameters("unet");
            assertArrayEquals(expected(linear, 1, product(up, down)), fused.read("linear.weight").toFloats());
            assertArrayEquals(expected(conv, 1, product(up, down)), fused.read("conv.weight").toFloats());
            assertArrayEquals(new long[] {4, 3, 1, 1}, fused.read("conv.weight").shape());
        }
    }

    @Test
    void addsSeveralBeforeRounding() {
        unet.put("a.weight", TensorView.host(DType.FLOAT16, new long[] {1, 1}, half(1)));
        // each alone is below half a unit in the last place of 1, and both are above it
        TensorView one = TensorView.ofFloats(new float[] {1}, 1, 1);
        pair("unet.a", one, TensorView.ofFloats(new float[] {0x1.8p-12f}, 1, 1));
        Lora first = new Lora(lora("x.safetensors"), 1);
        pair("base_model.model.a", TensorView.ofFloats(new float[] {0x1.8p-13f}, 1, 1), one);
        Lora second = new Lora(lora("y.safetensors"), 2);
        try (LoraFusion fusion = fusion(first)) {
            assertEquals(1, fusion.parameters("unet").read("a.weight").toFloats()[0]);
        }
        try (LoraFusion fusion = fusion(first, second)) {
            assertEquals(1 + 0x1p-10f, fusion.parameters("unet").read("a.weight").toFloats()[0]);
            assertEquals(List.of("x.safetensors", "y.safetensors"), fusion.digests().stream().map(LoraDigest::file).toList());
            assertNotEquals(fusion.digests().get(0).sha256(), fusion.digests().get(1).sha256());
        }
    }

    private static ByteBuffer half(double value) {
        ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
        Rounding.put(DType.FLOAT16, bytes, 0, value);
        return bytes;
    }

    @Test
    void handsOnWhatNoLoraTouches() {
        TensorView other = Samples.random(9, DType.FLOAT16, 2, 2);
        unet.put("a.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        unet.put("b.weight", other);
        unet.put("a.bias", TensorView.ofLongs(new long[] {1}, 1));
        pair("unet.a", Samples.random(2, DType.FLOAT16, 2, 3), Samples.random(3, DType.FLOAT16, 4, 2));
        try (LoraFusion fusion = LoraFusion.open(List.of(new Lora(lora("x.safetensors"), 1)),
            Map.of("unet", Samples.parameters(unet), "vae", Samples.parameters(Map.of("b.weight", other))))) {
            assertSame(other, fusion.parameters("unet").read("b.weight"));
            assertSame(other, fusion.parameters("vae").read("b.weight"));
            assertEquals(Set.of("a.weight"), fusion.parameters("unet").touched());
            assertEquals(Set.of("unet"), fusion.touched());
            assertEquals(unet.keySet(), fusion.parameters("unet").names());
            assertEquals("[4, 3] FLOAT16", fusion.parameters("unet").info("a.weight").toString());
            var e = assertThrows(IllegalArgumentException.class, () -> fusion.parameters("prior"));
            assertEquals("component: found prior; expected one of unet, vae", e.getMessage());
        }
    }

    @Test
    void addsTheRowsOfAJoinedLayerToEachOfItsOwn() {
        String block = "single_transformer_blocks.0.";
        Map<String, TensorView> flux = new HashMap<>();
        List<String> layers = List.of("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp");
        layers.forEach(layer -> flux.put(block + layer + ".weight", TensorView.ofFloats(new float[layer.equals("proj_mlp") ? 6 : 4],
            layer.equals("proj_mlp") ? 3 : 2, 2)));
        flux.put("norm_out.linear.weight", TensorView.ofFloats(new float[8], 4, 2));
        TensorView down = TensorView.ofFloats(new float[] {1, 10}, 1, 2);
        pair("lora_unet_single_blocks_0_linear1", down, TensorView.ofFloats(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9, 1));
        pair("lora_unet_final_layer_adaLN_modulation_1", down, TensorView.ofFloats(new float[] {1, 2, 3, 4}, 4, 1));
        Lora lora = new Lora(lora("x.safetensors"), 1);
        try (LoraFusion fusion = LoraFusion.open(List.of(lora), Map.of("transformer", Samples.parameters(flux)))) {
            Parameters fused = fusion.parameters("transformer");
            assertArrayEquals(new float[] {1, 10, 2, 20}, fused.read(block + "attn.to_q.weight").toFloats());
            assertArrayEquals(new float[] {3, 30, 4, 40}, fused.read(block + "attn.to_k.weight").toFloats());
            assertArrayEquals(new float[] {5, 50, 6, 60}, fused.read(block + "attn.to_v.weight").toFloats());
            assertArrayEquals(new float[] {7, 70, 8, 80, 9, 90}, fused.read(block + "proj_mlp.weight").toFloats());
            assertArrayEquals(new float[] {3, 30, 4, 40, 1, 10, 2, 20}, fused.read("norm_out.linear.weight").toFloats());
        }
    }

    @Test
    void streamsATensorLongerThanItsWindow() throws IOException {
        unet.put("a.weight", Samples.random(1, DType.FLOAT32, 5, 1 << 18));   // 5 MiB, and a row is 1
        Path base = Samples.write(folder.resolve("base.safetensors"), unet);
        pair("unet.a", Samples.random(2, DType.FLOAT32, 1, 1 << 18), Samples.random(3, DType.FLOAT32, 5, 1));
        try (SafetensorsFile file = SafetensorsFile.open(base);
            LoraFusion fusion = LoraFusion.open(List.of(new Lora(lora("x.safetensors"), 1)), Map.of("unet", file))) {
            var streamed = new ByteArrayOutputStream();
            fusion.parameters("unet").transfer("a.weight", Channels.newChannel(streamed));
            assertEquals(fusion.parameters("unet").read("a.weight").bytes(), ByteBuffer.wrap(streamed.toByteArray()));
        }
    }

    @Test
    void findsTheComponentOfALayerWithoutPrefix() {
        unet.put("a.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        pair("a", Samples.random(2, DType.FLOAT16, 2, 3), Samples.random(3, DType.FLOAT16, 4, 2));
        try (LoraFusion fusion = LoraFusion.open(List.of(new Lora(lora("x.safetensors"), 1)),
            Map.of("unet", Samples.parameters(unet), "vae", Samples.parameters(Map.of())))) {
            assertEquals(Set.of("unet"), fusion.touched());
        }
    }

    @Test
    void takesKohyasThirdTextEncoderForTheSecondWhereThereIsNone() {
        Map<String, TensorView> t5 = Map.of("encoder.block.0.wi_0.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        pair("lora_te3_encoder_block_0_wi_0", Samples.random(2, DType.FLOAT16, 2, 3), Samples.random(3, DType.FLOAT16, 4, 2));
        Lora lora = new Lora(lora("x.safetensors"), 1);
        Map<String, Parameters> two = Map.of("text_encoder", Samples.parameters(t5), "text_encoder_2", Samples.parameters(t5));
        try (LoraFusion fusion = LoraFusion.open(List.of(lora), two)) {
            assertEquals(Set.of("text_encoder_2"), fusion.touched());
        }
        Map<String, Parameters> three = new HashMap<>(two);
        three.put("text_encoder_3", Samples.parameters(t5));
        try (LoraFusion fusion = LoraFusion.open(List.of(lora), three)) {
            assertEquals(Set.of("text_encoder_3"), fusion.touched());
        }
    }

    @Test
    void rejectsNamesThatMayMeanTwoLayers() {
        unet.put("a.b_c.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        unet.put("a_b.c.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        TensorView down = Samples.random(2, DType.FLOAT16, 2, 3), up = Samples.random(3, DType.FLOAT16, 4, 2);
        pair("lora_unet_a_b_c", down, up);
        pair("d", down, up);
        Path file = lora("x.safetensors");
        Parameters same = Samples.parameters(Map.of("d.weight", Samples.random(1, DType.FLOAT16, 4, 3)));
        assertEquals(file + ": d: found 2 layers that it may mean, [text_encoder.d.weight, vae.d.weight]; expected one\n"
            + file + ": lora_unet_a_b_c: found 2 layers that it may mean, [unet.a.b_c.weight, unet.a_b.c.weight]; expected one",
            refusal(Map.of("unet", Samples.parameters(unet), "text_encoder", same, "vae", same), new Lora(file, 1)));
    }

    @Test
    void listsEveryUnmatchedKeyAndEveryMisfitAtOnce() {
        unet.put("a.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        unet.put("conv.weight", Samples.random(1, DType.FLOAT16, 4, 3, 3, 3));
        unet.put("int.weight", TensorView.ofLongs(new long[12], 4, 3));
        unet.put("norm.weight", Samples.random(1, DType.FLOAT16, 4));
        TensorView down = Samples.random(2, DType.FLOAT16, 2, 3), up = Samples.random(3, DType.FLOAT16, 4, 2);
        pair("unet.a", Samples.random(2, DType.FLOAT16, 2, 5), up);
        pair("lora_unet_a", down, up);
        pair("unet.conv", down, Samples.random(3, DType.FLOAT16, 4, 2));
        pair("unet.int", down, up);
        pair("unet.norm", down, up);
        pair("lora_te1_b", down, up);
        keys.put("lora_te1_b.alpha", Samples.scalar(1));
        keys.put("unet.z.diff", Samples.scalar(1));
        Path first = lora("x.safetensors");
        pair("unet.b", down, up);
        Path second = lora("y.safetensors");
        assertEquals(String.join("\n",
            first + ": unet.a: found the layer unet.a.weight of lora_unet_a; expected each layer once",
            first + ": unet.conv: found a product of 4 outputs over [3]; expected 4 over [3, 3, 3] for unet.conv.weight",
            first + ": unet.int: found unet.int.weight in INT64; expected FLOAT32, FLOAT16 or BFLOAT16"
                + " (a LoRA is fused before quantization)",
            first + ": found unmatched keys lora_te1_b.alpha, lora_te1_b.lora_down.weight, lora_te1_b.lora_up.weight,"
                + " unet.norm.lora_down.weight, unet.norm.lora_up.weight, unet.z.diff; expected layers of unet",
            second + ": found unmatched keys unet.b.lora_down.weight, unet.b.lora_up.weight; expected layers of unet"),
            refusal(Map.of("unet", Samples.parameters(unet)), new Lora(first, 1), new Lora(second, 1)));
    }

    @Test
    void rejectsTheSameLoraTwice() {
        unet.put("a.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        pair("unet.a", Samples.random(2, DType.FLOAT16, 2, 3), Samples.random(3, DType.FLOAT16, 4, 2));
        Path file = lora("x.safetensors");
        assertEquals(file + ": found it given twice; expected each LoRA once",
            refusal(Map.of("unet", Samples.parameters(unet)), new Lora(file, 1), new Lora(file, 0.5)));
    }

    @Test
    void rejectsSumsBeyondTheType() {
        unet.put("a.weight", Samples.random(1, DType.FLOAT16, 4, 3));
        pair("unet.a", Samples.random(2, DType.FLOAT16, 2, 3), Samples.random(3, DType.FLOAT16, 4, 2));
        try (LoraFusion fusion = fusion(new Lora(lora("x.safetensors"), 1e9))) {
            var e = assertThrows(CheckpointException.class, () -> fusion.parameters("unet").read("a.weight"));
            assertEquals("a.weight: found a sum in row 0 that is not finite in FLOAT16; expected finite values (is the scale too large?)",
                e.getMessage());
        }
    }

    @Test
    void rejectsScalesThatAreNotFiniteAndNoLoras() {
        var scale = assertThrows(IllegalArgumentException.class, () -> new Lora(Path.of("x.safetensors"), Double.NaN));
        assertEquals("x.safetensors: scale: found NaN; expected a finite number", scale.getMessage());
        var none = assertThrows(IllegalArgumentException.class, () -> LoraFusion.open(List.of(), Map.of()));
        assertEquals("loras: found none; expected one or more", none.getMessage());
    }
}
