package io.halftone.autoencoder.internal;

import io.halftone.model.ModelConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the configuration says of the decoder, checked.
 *
 * @param channels      of each level, from the coarsest to the finest
 * @param resnets       residual blocks of each level
 * @param groups        of every group norm
 * @param postQuantConv whether a 1x1 convolution stands before the decoder
 * @param attends       whether there is attention at the coarsest level
 */
record DecoderConfig(long latentChannels, long outChannels, List<Integer> channels, int resnets, int groups, boolean postQuantConv,
                     boolean attends) {
    static DecoderConfig of(ModelConfig c) {
        c.expect("act_fn", "silu", "swish");
        List<Integer> channels = new ArrayList<>(c.ints("block_out_channels"));
        Collections.reverse(channels);
        List<String> types = c.strings("up_block_types");
        if (!types.equals(Collections.nCopies(channels.size(), "UpDecoderBlock2D"))) {
            throw new IllegalArgumentException(c.source() + ": up_block_types: found " + types + "; expected " + channels.size()
                + " times UpDecoderBlock2D");
        }
        return new DecoderConfig(c.intValue("latent_channels", 4), c.intValue("out_channels", 3), List.copyOf(channels),
            c.intValue("layers_per_block", 1) + 1, c.intValue("norm_num_groups", 32), c.flag("use_post_quant_conv", true),
            c.flag("mid_block_add_attention", true));
    }

    /** Pixels for one latent, on each side. */
    long factor() {
        return 1L << channels.size() - 1;
    }
}
