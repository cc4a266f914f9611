package io.halftone.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The names that the original latent diffusion code has for a UNet's layers, {@code input_blocks.4.1.proj_in} for
 * {@code down_blocks.1.attentions.0.proj_in}. That code counts through all blocks, so the names follow from how many residual
 * blocks each down and up block has and which has a sampler, which the layers themselves tell.
 * Source: CompVis, openaimodel.py, UNetModel.
 */
final class LdmNames {
    private static final Map<String, String> RESIDUAL = Map.of(
        "norm1", "in_layers.0",
        "conv1", "in_layers.2",
        "time_emb_proj", "emb_layers.1",
        "norm2", "out_layers.0",
        "conv2", "out_layers.3",
        "conv_shortcut", "skip_connection");

    private final TreeSet<String> layers;
    private final Map<String, String> byLayer = new LinkedHashMap<>();

    private LdmNames(TreeSet<String> layers) {
        this.layers = layers;
    }

    /** The original name of each layer that has one; none where the layers are not a UNet's. */
    static Map<String, String> of(Iterable<String> layers) {
        var sorted = new TreeSet<String>();
        layers.forEach(sorted::add);
        var names = new LdmNames(sorted);
        if (names.has("down_blocks.0.resnets.0")) {
            names.put("conv_in", "input_blocks.0.0");
            names.put("conv_out", "out.2");
            names.put("time_embedding.linear_1", "time_embed.0");
            names.put("time_embedding.linear_2", "time_embed.2");
            names.put("add_embedding.linear_1", "label_emb.0.0");
            names.put("add_embedding.linear_2", "label_emb.0.2");
            names.down();
            names.residual("mid_block.resnets.0", "middle_block.0");
            names.within("mid_block.attentions.0", "middle_block.1");
            names.residual("mid_block.resnets.1", "middle_block.2");
            names.up();
        }
        return names.byLayer;
    }

    private void down() {
        int index = 1;
        for (int i = 0; has("down_blocks." + i); i++) {
            String block = "down_blocks." + i;
            for (int j = 0; has(block + ".resnets." + j); j++) {
                residual(block + ".resnets." + j, "input_blocks." + index + ".0");
                within(block + ".attentions." + j, "input_blocks." + index + ".1");
                index++;
            }
            if (has(block + ".downsamplers.0")) {
                put(block + ".downsamplers.0.conv", "input_blocks." + index + ".0.op");
                index++;
            }
        }
    }

    private void up() {
        int index = 0;
        for (int i = 0; has("up_blocks." + i); i++) {
            String block = "up_blocks." + i;
            for (int j = 0; has(block + ".resnets." + j); j++) {
                boolean attention = has(block + ".attentions." + j);
                residual(block + ".resnets." + j, "output_blocks." + index + ".0");
                within(block + ".attentions." + j, "output_blocks." + index + ".1");
                if (!has(block + ".resnets." + (j + 1))) {
                    put(block + ".upsamplers.0.conv", "output_blocks." + index + "." + (attention ? 2 : 1) + ".conv");
                }
                index++;
            }
        }
    }

    private void residual(String module, String original) {
        RESIDUAL.forEach((layer, name) -> put(module + "." + layer, original + "." + name));
    }

    /** Layers whose names within their module are the same. */
    private void within(String module, String original) {
        for (String layer : layers.tailSet(module + ".")) {
            if (!layer.startsWith(module + ".")) {
                return;
            }
            put(layer, original + layer.substring(module.length()));
        }
    }

    private void put(String layer, String original) {
        if (layers.contains(layer)) {
            byLayer.put(layer, original);
        }
    }

    private boolean has(String module) {
        String next = layers.ceiling(module + ".");
        return next != null && next.startsWith(module + ".");
    }
}
