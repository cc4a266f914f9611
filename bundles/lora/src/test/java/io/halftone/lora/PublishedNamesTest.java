package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.flux.internal.FluxTransformerAdapter;
import io.halftone.ops.Parameters;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys as published LoRAs have them, against the parameters of the models that they are for. */
class PublishedNamesTest {
    private static final List<String> TRANSFORMER = List.of("attn1_to_q", "attn1_to_k", "attn1_to_v", "attn1_to_out_0", "attn2_to_q",
        "attn2_to_k", "attn2_to_v", "attn2_to_out_0", "ff_net_0_proj", "ff_net_2");
    private static final Parameters SDXL = Samples.published(new UNet2DConditionAdapter(), "sdxl-base-1.0-unet-config.json");
    private static final Parameters SD15 = Samples.published(new UNet2DConditionAdapter(), "sd1.5-unet-config.json");
    private static final Parameters FLUX = Samples.published(new FluxTransformerAdapter(), "flux-dev-transformer-config.json");

    private static LoraMatching matching(String component, Parameters parameters) {
        return new LoraMatching(new TreeMap<>(Map.of(component, parameters)), new ArrayList<>());
    }

    private static String only(LoraMatching matching, String layer) {
        List<List<LoraMatching.Target>> meanings = matching.meanings(layer);
        assertEquals(1, meanings.size(), layer);
        assertEquals(1, meanings.get(0).size(), layer);
        return meanings.get(0).get(0).toString();
    }

    /** What kohya's trainer lists for a transformer of that depth. */
    private static void addTransformer(List<String> layers, String module, int depth) {
        layers.add(module + "_proj_in");
        layers.add(module + "_proj_out");
        for (int i = 0; i < depth; i++) {
            for (String layer : TRANSFORMER) {
                layers.add(module + "_transformer_blocks_" + i + "_" + layer);
            }
        }
    }

    private static Set<String> attentionLayers(String component, Parameters parameters) {
        Set<String> layers = new HashSet<>();
        for (String name : parameters.names()) {
            if (name.contains(".attentions.") && name.endsWith(".weight") && parameters.info(name).shape().length >= 2) {
                layers.add(component + "." + name);
            }
        }
        return layers;
    }

    @Test
    void matchesEveryLayerOfAKohyaLoraForSdxl() {
        List<String> layers = new ArrayList<>();
        for (int index : new int[] {4, 5}) {
            addTransformer(layers, "lora_unet_input_blocks_" + index + "_1", 2);
        }
        for (int index : new int[] {7, 8}) {
            addTransformer(layers, "lora_unet_input_blocks_" + index + "_1", 10);
        }
        addTransformer(layers, "lora_unet_middle_block_1", 10);
        for (int index : new int[] {0, 1, 2}) {
            addTransformer(layers, "lora_unet_output_blocks_" + index + "_1", 10);
        }
        for (int index : new int[] {3, 4, 5}) {
            addTransformer(layers, "lora_unet_output_blocks_" + index + "_1", 2);
        }
        assertEquals(722, layers.size());   // "create LoRA for U-Net: 722 modules."
        LoraMatching matching = matching("unet", SDXL);
        Set<String> found = new HashSet<>();
        layers.forEach(layer -> found.add(only(matching, layer)));
        assertEquals(attentionLayers("unet", SDXL), found);
    }

    @Test
    void matchesEveryLayerOfAKohyaLoraForStableDiffusion() {
        List<String> layers = new ArrayList<>();
        for (int block = 0; block < 3; block++) {
            for (int i = 0; i < 2; i++) {
                addTransformer(layers, "lora_unet_down_blocks_" + block + "_attentions_" + i, 1);
            }
            for (int i = 0; i < 3; i++) {
                addTransformer(layers, "lora_unet_up_blocks_" + (block + 1) + "_attentions_" + i, 1);
            }
        }
        addTransformer(layers, "lora_unet_mid_block_attentions_0", 1);
        assertEquals(192, layers.size());   // "create LoRA for U-Net: 192 modules."
        LoraMatching matching = matching("unet", SD15);
        Set<String> found = new HashSet<>();
        layers.forEach(layer -> found.add(only(matching, layer)));
        assertEquals(attentionLayers("unet", SD15), found);
    }

    @ParameterizedTest
    @CsvSource({
        "input_blocks_0_0, conv_in",
        "time_embed_0, time_embedding.linear_1",
        "label_emb_0_2, add_embedding.linear_2",
        "input_blocks_1_0_in_layers_2, down_blocks.0.resnets.0.conv1",
        "input_blocks_2_0_emb_layers_1, down_blocks.0.resnets.1.time_emb_proj",
        "input_blocks_3_0_op, down_blocks.0.downsamplers.0.conv",
        "input_blocks_4_0_skip_connection, down_blocks.1.resnets.0.conv_shortcut",
        "input_blocks_6_0_op, down_blocks.1.downsamplers.0.conv",
        "input_blocks_8_0_out_layers_3, down_blocks.2.resnets.1.conv2",
        "middle_block_0_in_layers_2, mid_block.resnets.0.conv1",
        "middle_block_2_out_layers_3, mid_block.resnets.1.conv2",
        "output_blocks_0_0_in_layers_2, up_blocks.0.resnets.0.conv1",
        "output_blocks_2_2_conv, up_blocks.0.upsamplers.0.conv",
        "output_blocks_5_2_conv, up_blocks.1.upsamplers.0.conv",
        "output_blocks_8_0_skip_connection, up_blocks.2.resnets.2.conv_shortcut",
        "out_2, conv_out"})
    void findsConvolutionsByTheirOriginalNamesInSdxl(String original, String layer) {
        assertEquals("unet." + layer + ".weight", only(matching("unet", SDXL), "lora_unet_" + original));
    }

    @ParameterizedTest
    @CsvSource({
        "input_blocks_1_1_proj_in, down_blocks.0.attentions.0.proj_in",
        "input_blocks_11_0_in_layers_2, down_blocks.3.resnets.1.conv1",
        "output_blocks_2_1_conv, up_blocks.0.upsamplers.0.conv",
        "output_blocks_3_1_proj_in, up_blocks.1.attentions.0.proj_in",
        "output_blocks_5_2_conv, up_blocks.1.upsamplers.0.conv",
        "output_blocks_11_1_proj_out, up_blocks.3.attentions.2.proj_out"})
    void findsLayersByTheirOriginalNamesInStableDiffusion(String original, String layer) {
        assertEquals("unet." + layer + ".weight", only(matching("unet", SD15), "lora_unet_" + original));
    }

    @Test
    void findsOriginalNamesWithDots() {
        assertEquals("unet.down_blocks.1.attentions.0.proj_in.weight",
            only(matching("unet", SDXL), "diffusion_model.input_blocks.4.1.proj_in"));
    }

    @Test
    void matchesEveryLayerOfAPeftLoraForFlux() {
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            String block = "transformer.transformer_blocks." + i + ".";
            for (String layer : List.of("norm1.linear", "norm1_context.linear", "attn.to_q", "attn.to_k", "attn.to_v", "attn.add_q_proj",
                "attn.add_k_proj", "attn.add_v_proj", "attn.to_out.0", "attn.to_add_out", "ff.net.0.proj", "ff.net.2",
                "ff_context.net.0.proj", "ff_context.net.2")) {
                layers.add(block + layer);
            }
        }
        for (int i = 0; i < 38; i++) {
            String block = "transformer.single_transformer_blocks." + i + ".";
            for (String layer : List.of("norm.linear", "proj_mlp", "proj_out", "attn.to_q", "attn.to_k", "attn.to_v")) {
                layers.add(block + layer);
            }
        }
        assertEquals(494, layers.size());
        LoraMatching matching = matching("transformer", FLUX);
        layers.forEach(layer -> assertEquals(layer + ".weight", only(matching, layer)));
    }

    @Test
    void coversEachBlockOfFluxOnceByItsOriginalNames() {
        List<String> layers = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            for (String stream : List.of("img", "txt")) {
                for (String layer : List.of("mod_lin", "attn_qkv", "attn_proj", "mlp_0", "mlp_2")) {
                    layers.add("lora_unet_double_blocks_" + i + "_" + stream + "_" + layer);
                }
            }
        }
        for (int i = 0; i < 38; i++) {
            for (String layer : List.of("linear1", "linear2", "modulation_lin")) {
                layers.add("lora_unet_single_blocks_" + i + "_" + layer);
            }
        }
        assertEquals(304, layers.size());   // "create LoRA for FLUX all blocks: 304 modules."
        LoraMatching matching = matching("transformer", FLUX);
        List<LoraMatching.Target> targets = new ArrayList<>();
        layers.forEach(layer -> {
            assertEquals(1, matching.meanings(layer).size(), layer);
            targets.addAll(matching.meanings(layer).get(0));
        });
        Set<String> names = new HashSet<>();
        for (LoraMatching.Target target : targets) {
            assertEquals(FLUX.info(target.piece().parameter()).shape()[0], target.piece().rows());
            names.add(target.piece().parameter());
        }
        assertEquals(494, targets.size());
        assertEquals(494, names.size());
    }

    @Test
    void splitsTheJoinedProjectionOfASingleBlock() {
        List<LoraMatching.Target> targets = matching("transformer", FLUX).meanings("lora_unet_single_blocks_3_linear1").get(0);
        String block = "single_transformer_blocks.3.";
        assertEquals(List.of(new Piece(block + "attn.to_q.weight", 0, 3072, 0), new Piece(block + "attn.to_k.weight", 0, 3072, 3072),
            new Piece(block + "attn.to_v.weight", 0, 3072, 6144), new Piece(block + "proj_mlp.weight", 0, 12288, 9216)),
            targets.stream().map(LoraMatching.Target::piece).toList());
    }

    @Test
    void exchangesShiftAndScaleOfTheLastModulation() {
        List<LoraMatching.Target> targets = matching("transformer", FLUX).meanings("lora_unet_final_layer_adaLN_modulation_1").get(0);
        assertEquals(List.of(new Piece("norm_out.linear.weight", 3072, 3072, 0), new Piece("norm_out.linear.weight", 0, 3072, 3072)),
            targets.stream().map(LoraMatching.Target::piece).toList());
    }

    @Test
    void leavesNamesThatNoLayerHasUnmatched() {
        LoraMatching matching = matching("unet", SDXL);
        assertEquals(List.of(), matching.meanings("lora_unet_input_blocks_4_2_proj_in"));
        assertEquals(List.of(), matching.meanings("lora_unet_down_blocks_1_attentions_9_proj_in"));
        assertEquals(List.of(), matching.meanings("lora_te1_text_model_encoder_layers_0_mlp_fc1"));
        assertEquals(List.of(), matching.meanings("transformer.transformer_blocks.0.attn.to_q"));
        assertEquals(List.of(), matching.meanings("lora_unet_down_blocks.1.attentions.0.proj_in"));
    }
}
