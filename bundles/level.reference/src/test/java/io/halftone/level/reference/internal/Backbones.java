package io.halftone.level.reference.internal;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import java.util.ArrayList;
import java.util.List;

/** The layers of backbones by the names that diffusers gives them; sizes do not matter here. */
final class Backbones {
    private static final List<String> JOINT_BLOCK = List.of("norm1.linear", "norm1_context.linear", "attn.to_q", "attn.to_k", "attn.to_v",
        "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_out.0", "ff.net.0.proj", "ff.net.2");
    /** What the last block of SD3 has not. */
    private static final List<String> CONTEXT_STREAM = List.of("attn.to_add_out", "ff_context.net.0.proj", "ff_context.net.2");
    private static final List<String> SINGLE_BLOCK = List.of("norm.linear", "proj_mlp", "proj_out", "attn.to_q", "attn.to_k", "attn.to_v");
    private static final List<String> ENDS = List.of("context_embedder", "norm_out.linear", "proj_out");

    private Backbones() {}

    /** FLUX.1-dev: 504 linear layers, 57 attentions. */
    static List<Layer> flux() {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < 19; i++) {
            linear(layers, "transformer_blocks." + i + ".", JOINT_BLOCK);
            linear(layers, "transformer_blocks." + i + ".", CONTEXT_STREAM);
            layers.add(attention("transformer_blocks." + i + ".attn", 128));
        }
        for (int i = 0; i < 38; i++) {
            linear(layers, "single_transformer_blocks." + i + ".", SINGLE_BLOCK);
            layers.add(attention("single_transformer_blocks." + i + ".attn", 128));
        }
        for (String embedder : List.of("timestep", "guidance", "text")) {
            linear(layers, "time_text_embed." + embedder + "_embedder.", List.of("linear_1", "linear_2"));
        }
        linear(layers, "", ENDS);
        linear(layers, "", List.of("x_embedder"));
        return layers;
    }

    /** SD3-medium: 340 linear layers, 24 attentions, one convolution. */
    static List<Layer> sd3() {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            linear(layers, "transformer_blocks." + i + ".", JOINT_BLOCK);
            if (i < 23) {
                linear(layers, "transformer_blocks." + i + ".", CONTEXT_STREAM);
            }
            layers.add(attention("transformer_blocks." + i + ".attn", 64));
        }
        for (String embedder : List.of("timestep", "text")) {
            linear(layers, "time_text_embed." + embedder + "_embedder.", List.of("linear_1", "linear_2"));
        }
        linear(layers, "", ENDS);
        layers.add(new Layer.Conv("pos_embed.proj", Role.INPUT, 16, 1536, 2, 2, 0, true));
        return layers;
    }

    private static void linear(List<Layer> layers, String prefix, List<String> names) {
        names.forEach(name -> layers.add(new Layer.Linear(prefix + name, Role.PROJECTION, 64, 64, true)));
    }

    private static Layer attention(String name, int headDim) {
        return new Layer.Attention(name, Role.ATTENTION, 24, headDim, 0.125, false);
    }
}
