package io.halftone.autoencoder.internal;

import io.halftone.model.Architecture;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.Dim;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The decoder of the autoencoder that Stable Diffusion, SD3 and FLUX share: latents to pictures. The encoder's parameters
 * are not asked for. Parameter names are those of the diffusers state dict. Source: diffusers, autoencoder_kl.py, decode;
 * vae.py, Decoder.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("AutoencoderKL")
public final class AutoencoderKlAdapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim HEIGHT = Dim.named("height");
    private static final Dim WIDTH = Dim.named("width");
    /** The smallest side of the latents that an engine need take. */
    private static final long LEAST_SIDE = 8;

    @Override
    public ModelSignature signature(ModelConfig config) {
        DecoderConfig c = DecoderConfig.of(config);
        var latent = Port.computed("latent_sample", Shape.of(BATCH, Dim.of(c.latentChannels()), HEIGHT, WIDTH));
        Shape picture = Shape.of(BATCH, Dim.of(c.outChannels()), HEIGHT.times(c.factor()), WIDTH.times(c.factor()));
        List<Integer> sides = config.isList("sample_size") ? config.ints("sample_size", 2) : List.of(config.intValue("sample_size", 32));
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("batch_size", new Extent(1, 1, 16));
        extents.put("height", side(sides.get(0), c.factor()));
        extents.put("width", side(sides.get(sides.size() - 1), c.factor()));
        return new ModelSignature(List.of(latent), List.of(Port.computed("sample", picture)), extents);
    }

    private static Extent side(long pixels, long factor) {
        long usual = Math.max(1, pixels / factor);
        return new Extent(Math.min(LEAST_SIDE, usual), usual, 2 * usual);
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        DecoderConfig c = DecoderConfig.of(config);
        T latent = in.get("latent_sample");
        T z = c.postQuantConv() ? s.conv("post_quant_conv", c.latentChannels(), 1, 1, 0, Role.INPUT, latent) : latent;
        return Values.of("sample", s.within("decoder", d -> decoded(d, c, z)));
    }

    private static <T> T decoded(Scope<T> d, DecoderConfig c, T z) {
        T first = d.conv("conv_in", c.channels().get(0), 3, 1, 1, Role.INPUT, z);
        T x = d.within("mid_block", m -> middle(m, c, m.ops().adopt(first)));
        for (int i = 0; i < c.channels().size(); i++) {
            int level = i;
            T before = x;
            x = d.within("up_blocks." + i, b -> up(b, c, level, b.ops().adopt(before)));
        }
        T normed = d.ops().silu(d.groupNorm("conv_norm_out", x, c.groups(), ResidualBlock.EPSILON));
        return d.conv("conv_out", c.outChannels(), 3, 1, 1, Role.OUTPUT, normed);
    }

    /** Source: diffusers, unet_2d_blocks.py, UNetMidBlock2D. */
    private static <T> T middle(Scope<T> m, DecoderConfig c, T x) {
        var resnet = new ResidualBlock(c.channels().get(0), c.groups());
        T hidden = m.within("resnets.0", r -> resnet.apply(r, x));
        T mixed = c.attends()
            ? m.within("attentions.0", a -> new PixelAttention(c.groups()).apply(a, a.ops().adopt(hidden)))
            : hidden;
        return m.within("resnets.1", r -> resnet.apply(r, r.ops().adopt(mixed)));
    }

    /** Source: diffusers, unet_2d_blocks.py, UpDecoderBlock2D. */
    private static <T> T up(Scope<T> b, DecoderConfig c, int level, T x) {
        var resnet = new ResidualBlock(c.channels().get(level), c.groups());
        T hidden = x;
        for (int i = 0; i < c.resnets(); i++) {
            T before = hidden;
            hidden = b.within("resnets." + i, r -> resnet.apply(r, r.ops().adopt(before)));
        }
        if (level == c.channels().size() - 1) {
            return hidden;
        }
        Shape shape = b.ops().shape(hidden);
        T twice = b.ops().upsampleNearest(hidden, shape.dim(2).times(2), shape.dim(3).times(2));
        return b.conv("upsamplers.0.conv", c.channels().get(level), 3, 1, 1, Role.CONVOLUTION, twice);
    }
}
