package io.halftone.lora;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that the original FLUX code has for the layers of its transformer. There, queries, keys and values are one layer, to
 * which a single block adds the feed-forward's first, and the last modulation has shift before scale.
 * Source: Black Forest Labs, model.py; diffusers, scripts/convert_flux_to_diffusers.py.
 */
final class FluxNames {
    private final Map<String, Long> rows;
    private final Map<String, List<Piece>> names = new LinkedHashMap<>();

    private FluxNames(Map<String, Long> rows) {
        this.rows = rows;
    }

    /**
     * The pieces of each original layer; none where the layers are not FLUX's.
     *
     * @param rows the outputs of each layer
     */
    static Map<String, List<Piece>> of(Map<String, Long> rows) {
        var flux = new FluxNames(rows);
        if (rows.containsKey("single_transformer_blocks.0.attn.to_q")) {
            for (int i = 0; rows.containsKey("transformer_blocks." + i + ".attn.to_q"); i++) {
                flux.doubleBlock("double_blocks." + i + ".", "transformer_blocks." + i + ".");
            }
            for (int i = 0; rows.containsKey("single_transformer_blocks." + i + ".attn.to_q"); i++) {
                flux.singleBlock("single_blocks." + i + ".", "single_transformer_blocks." + i + ".");
            }
            flux.ends();
        }
        return flux.names;
    }

    private void doubleBlock(String original, String block) {
        put(original + "img_attn.qkv", block + "attn.to_q", block + "attn.to_k", block + "attn.to_v");
        put(original + "txt_attn.qkv", block + "attn.add_q_proj", block + "attn.add_k_proj", block + "attn.add_v_proj");
        put(original + "img_attn.proj", block + "attn.to_out.0");
        put(original + "txt_attn.proj", block + "attn.to_add_out");
        put(original + "img_mlp.0", block + "ff.net.0.proj");
        put(original + "img_mlp.2", block + "ff.net.2");
        put(original + "txt_mlp.0", block + "ff_context.net.0.proj");
        put(original + "txt_mlp.2", block + "ff_context.net.2");
        put(original + "img_mod.lin", block + "norm1.linear");
        put(original + "txt_mod.lin", block + "norm1_context.linear");
    }

    private void singleBlock(String original, String block) {
        put(original + "linear1", block + "attn.to_q", block + "attn.to_k", block + "attn.to_v", block + "proj_mlp");
        put(original + "linear2", block + "proj_out");
        put(original + "modulation.lin", block + "norm.linear");
    }

    private void ends() {
        put("img_in", "x_embedder");
        put("txt_in", "context_embedder");
        put("final_layer.linear", "proj_out");
        embedder("time_in", "timestep_embedder");
        embedder("vector_in", "text_embedder");
        embedder("guidance_in", "guidance_embedder");
        Long both = rows.get("norm_out.linear");
        if (both != null && both % 2 == 0) {
            String parameter = parameter("norm_out.linear");
            long half = both / 2;
            names.put("final_layer.adaLN_modulation.1", List.of(new Piece(parameter, half, half, 0), new Piece(parameter, 0, half, half)));
        }
    }

    private void embedder(String original, String name) {
        put(original + ".in_layer", "time_text_embed." + name + ".linear_1");
        put(original + ".out_layer", "time_text_embed." + name + ".linear_2");
    }

    /** An original layer whose rows are those of these, one after the other. */
    private void put(String original, String... layers) {
        List<Piece> pieces = new ArrayList<>();
        long source = 0;
        for (String layer : layers) {
            Long count = rows.get(layer);
            if (count == null) {
                return;
            }
            pieces.add(new Piece(parameter(layer), 0, count, source));
            source += count;
        }
        names.put(original, List.copyOf(pieces));
    }

    private static String parameter(String layer) {
        return layer + ".weight";
    }
}
