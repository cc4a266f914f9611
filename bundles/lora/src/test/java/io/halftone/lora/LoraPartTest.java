package io.halftone.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraPartTest {
    @ParameterizedTest
    @CsvSource({
        "transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight, transformer.single_transformer_blocks.0.attn.to_k, DOWN",
        "transformer.single_transformer_blocks.0.attn.to_k.lora_B.weight, transformer.single_transformer_blocks.0.attn.to_k, UP",
        "base_model.model.mid_block.attentions.0.proj_in.lora_A.weight, base_model.model.mid_block.attentions.0.proj_in, DOWN",
        "unet.conv_in.lora_B.default_0.weight, unet.conv_in, UP",
        "unet.x.attn1.to_out.0.lora.down.weight, unet.x.attn1.to_out.0, DOWN",
        "unet.x.attn1.processor.to_q_lora.down.weight, unet.x.attn1.to_q, DOWN",
        "x.attn1.processor.to_out_lora.up.weight, x.attn1.to_out.0, UP",
        "x.attn.processor.add_k_proj_lora.up.weight, x.attn.add_k_proj, UP",
        "text_encoder.text_model.layers.0.mlp.fc1.lora_linear_layer.up.weight, text_encoder.text_model.layers.0.mlp.fc1, UP",
        "text_encoder.y.self_attn.to_q_lora.down.weight, text_encoder.y.self_attn.q_proj, DOWN",
        "text_encoder.y.self_attn.to_out_lora.up.weight, text_encoder.y.self_attn.out_proj, UP",
        "lora_unet_input_blocks_4_1_proj_in.lora_down.weight, lora_unet_input_blocks_4_1_proj_in, DOWN",
        "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_up.weight, lora_te1_text_model_encoder_layers_0_mlp_fc1, UP",
        "lora_te1_text_model_encoder_layers_0_mlp_fc1.alpha, lora_te1_text_model_encoder_layers_0_mlp_fc1, ALPHA"})
    void readsEverySpelling(String key, String layer, LoraPart.Kind kind) {
        assertEquals(Optional.of(new LoraPart(key, layer, kind)), LoraPart.parse(key));
    }

    @ParameterizedTest
    @ValueSource(strings = {"conv_in.weight", "lora_A.weight", "x.lora_A", "x.lora_C.weight", ".alpha", "x.diff_b",
        "x.weight_quantizer.svdquant_lora_a"})
    void passesOverKeysOfNoLora(String key) {
        assertEquals(Optional.empty(), LoraPart.parse(key));
    }

    @ParameterizedTest
    @CsvSource({"lora_unet_x.dora_scale, DoRA", "x.lora_magnitude_vector.weight, DoRA", "x.lora_mid.weight, LoCon with a middle factor",
        "x.hada_w1_a, LoHa", "x.lokr_w1, LoKr", "x.lora_embedding_A, LoRA of an embedding", "x.lora_B.bias, LoRA with a bias"})
    void knowsOtherMethodsByName(String key, String method) {
        assertEquals(Optional.of(method), LoraPart.otherMethod(key));
    }

    @Test
    void takesAnAlphaAloneForNoSign() {
        assertTrue(LoraPart.isSign("x.lora_down.weight"));
        assertTrue(LoraPart.isSign("x.hada_w1_a"));
        assertFalse(LoraPart.isSign("snake.alpha"));
    }
}
