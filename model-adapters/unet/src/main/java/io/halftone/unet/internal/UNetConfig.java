package io.halftone.unet.internal;

import io.halftone.model.ModelConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a UNet's configuration says, checked: lists are as long as there are levels, and what this cannot compute is refused.
 *
 * @param levels       from the finest resolution to the coarsest
 * @param contextDim   extent of the text embeddings that attention sees
 * @param groups       of every group norm
 * @param epsilon      of the group norms outside transformers
 * @param linear       whether transformers are entered and left by linear layers; by 1x1 convolutions otherwise
 * @param timeDim      extent of the embedded time step
 * @param cosineFirst  order of the halves of a sinusoidal embedding
 * @param freqShift    see {@link io.halftone.ops.Scope#sinusoid}
 * @param addition     the embedding of pooled text and sizes that is added to the time step's, empty where there is none
 */
record UNetConfig(long inChannels, long outChannels, int inKernel, int outKernel, List<Level> levels, long contextDim, int groups,
                  double epsilon, boolean linear, long timeDim, boolean cosineFirst, double freqShift, Optional<Addition> addition) {
    /** Original height and width, top and left of the crop, target height and width. */
    static final int TIME_IDS = 6;

    /**
     * One resolution.
     *
     * @param attendsDown whether there are transformers on the way down
     * @param attendsUp   whether there are transformers on the way up
     * @param resnets     residual blocks on the way down; there is one more on the way up
     * @param depth       transformer blocks in each transformer
     */
    record Level(long channels, boolean attendsDown, boolean attendsUp, int resnets, int depth, int heads) {}

    /**
     * Text and sizes beside the time step.
     *
     * @param textDim extent of the pooled text embedding
     * @param timeDim extent of the sinusoidal embedding of one number
     */
    record Addition(long textDim, int timeDim) {}

    static UNetConfig of(ModelConfig c) {
        refuseOthers(c);
        List<Integer> channels = c.ints("block_out_channels");
        int kernelIn = c.intValue("conv_in_kernel", 3);
        int kernelOut = c.intValue("conv_out_kernel", 3);
        return new UNetConfig(c.intValue("in_channels", 4), c.intValue("out_channels", 4), kernelIn, kernelOut, levels(c, channels),
            contextDim(c, channels.size()), c.intValue("norm_num_groups", 32), c.doubleValue("norm_eps", 1e-5),
            c.flag("use_linear_projection", false), c.intValue("time_embedding_dim", 4 * channels.get(0)),
            c.flag("flip_sin_to_cos", true), c.doubleValue("freq_shift", 0), addition(c));
    }

    private static List<Level> levels(ModelConfig c, List<Integer> channels) {
        int count = channels.size();
        List<Boolean> down = attends(c, "down_block_types", count, "DownBlock2D", "CrossAttnDownBlock2D");
        List<Boolean> up = attends(c, "up_block_types", count, "UpBlock2D", "CrossAttnUpBlock2D");
        List<Integer> resnets = ints(c, "layers_per_block", count, 2);
        List<Integer> depth = ints(c, "transformer_layers_per_block", count, 1);
        // the key is a misnomer that diffusers keeps for compatibility: the number is that of heads
        List<Integer> heads = ints(c, "attention_head_dim", count, 8);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (channels.get(i) % heads.get(i) != 0) {
                throw new IllegalArgumentException(c.source() + ": attention_head_dim: found " + heads.get(i)
                    + " heads; expected a divisor of " + channels.get(i) + " channels");
            }
            levels.add(new Level(channels.get(i), down.get(i), up.get(count - 1 - i), resnets.get(i), depth.get(i), heads.get(i)));
        }
        return List.copyOf(levels);
    }

    private static List<Boolean> attends(ModelConfig c, String key, int count, String plain, String attending) {
        List<String> types = c.strings(key);
        if (types.size() != count) {
            throw new IllegalArgumentException(c.source() + ": " + key + ": found " + types + "; expected " + count + " types");
        }
        for (String type : types) {
            if (!type.equals(plain) && !type.equals(attending)) {
                throw new IllegalArgumentException(c.source() + ": " + key + ": found " + type + "; expected " + plain + " or " + attending);
            }
        }
        return types.stream().map(attending::equals).toList();
    }

    private static List<Integer> ints(ModelConfig c, String key, int count, int absent) {
        return c.has(key) ? c.ints(key, count) : Collections.nCopies(count, absent);
    }

    private static long contextDim(ModelConfig c, int count) {
        List<Integer> dims = ints(c, "cross_attention_dim", count, 1280);
        if (dims.stream().distinct().count() != 1) {
            throw new IllegalArgumentException(c.source() + ": cross_attention_dim: found " + dims + "; expected equal numbers");
        }
        return dims.get(0);
    }

    private static Optional<Addition> addition(ModelConfig c) {
        if (!c.has("addition_embed_type")) {
            return Optional.empty();
        }
        int timeDim = c.intValue("addition_time_embed_dim");
        int all = c.intValue("projection_class_embeddings_input_dim");
        long textDim = (long) all - (long) TIME_IDS * timeDim;
        if (textDim < 1) {
            throw new IllegalArgumentException(c.source() + ": projection_class_embeddings_input_dim: found " + all
                + "; expected more than " + TIME_IDS + " times addition_time_embed_dim, " + timeDim);
        }
        return Optional.of(new Addition(textDim, timeDim));
    }

    /** upcast_attention is not among these: the fused attention of the source does not look at it. */
    private static void refuseOthers(ModelConfig c) {
        c.expect("act_fn", "silu", "swish");
        c.expect("addition_embed_type", "text_time");
        c.expect("attention_type", "default");
        c.expect("center_input_sample", false);
        c.expect("class_embed_type");
        c.expect("class_embeddings_concat", false);
        c.expect("cross_attention_norm");
        c.expect("dual_cross_attention", false);
        c.expect("encoder_hid_dim");
        c.expect("encoder_hid_dim_type");
        c.expect("mid_block_only_cross_attention", false);
        c.expect("mid_block_type", "UNetMidBlock2DCrossAttn");
        c.expect("num_attention_heads");
        c.expect("num_class_embeds");
        c.expect("only_cross_attention", false);
        c.expect("resnet_skip_time_act", false);
        c.expect("resnet_time_scale_shift", "default");
        c.expect("reverse_transformer_layers_per_block");
        c.expect("time_cond_proj_dim");
        c.expect("time_embedding_act_fn");
        c.expect("time_embedding_type", "positional");
        c.expect("timestep_post_act");
        for (String key : List.of("downsample_padding", "mid_block_scale_factor", "resnet_out_scale_factor")) {
            if (c.doubleValue(key, 1) != 1) {
                throw new IllegalArgumentException(c.source() + ": " + key + ": found " + c.doubleValue(key) + "; expected 1");
            }
        }
    }
}
