package io.halftone.unet.internal;

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
import io.halftone.ops.Skips;
import io.halftone.ops.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The conditional UNet of Stable Diffusion 1, 2 and XL, by its configuration alone. Parameter names are those of the
 * diffusers state dict. Source: diffusers, unet_2d_condition.py, UNet2DConditionModel.
 */
@Component(service = ModelAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Architecture("UNet2DConditionModel")
public final class UNet2DConditionAdapter implements ModelAdapter {
    private static final Dim BATCH = Dim.named("batch_size");
    private static final Dim HEIGHT = Dim.named("height");
    private static final Dim WIDTH = Dim.named("width");
    private static final Dim TOKENS = Dim.named("sequence_length");
    /** The tokens that CLIP makes of a text; longer prompts come as several texts side by side. */
    private static final long TEXT_TOKENS = 77;
    /** The smallest side of the latents that an engine need take. */
    private static final long LEAST_SIDE = 8;

    @Override
    public ModelSignature signature(ModelConfig config) {
        UNetConfig c = UNetConfig.of(config);
        List<Port> inputs = new ArrayList<>(List.of(
            Port.computed("sample", Shape.of(BATCH, Dim.of(c.inChannels()), HEIGHT, WIDTH)),
            Port.computed("timestep", Shape.of(Dim.named("steps"))),
            Port.computed("encoder_hidden_states", Shape.of(BATCH, TOKENS, Dim.of(c.contextDim())))));
        c.addition().ifPresent(addition -> {
            inputs.add(Port.computed("text_embeds", Shape.of(BATCH, Dim.of(addition.textDim()))));
            inputs.add(Port.computed("time_ids", Shape.of(BATCH, Dim.of(UNetConfig.TIME_IDS))));
        });
        var latent = Port.computed("latent", Shape.of(BATCH, Dim.of(c.outChannels()), HEIGHT, WIDTH));
        List<Integer> sides = config.isList("sample_size") ? config.ints("sample_size", 2) : config.ints("sample_size", 1);
        Map<String, Extent> extents = new LinkedHashMap<>();
        extents.put("batch_size", new Extent(1, 2, 16));
        extents.put("height", side(sides.get(0)));
        extents.put("width", side(sides.get(sides.size() - 1)));
        extents.put("steps", new Extent(1, 1, 16));
        extents.put("sequence_length", new Extent(TEXT_TOKENS, TEXT_TOKENS, 3 * TEXT_TOKENS));
        return new ModelSignature(inputs, List.of(latent), extents, profile(sides.get(0), sides.get(sides.size() - 1)));
    }

    /** That of the published engines: two passes for guidance of one picture up to eight. Source: as of the presets. */
    private static Map<String, Extent> profile(long height, long width) {
        return Map.of("batch_size", new Extent(2, 16, 16), "height", fixed(height), "width", fixed(width), "steps", fixed(1),
            "sequence_length", fixed(TEXT_TOKENS));
    }

    private static Extent fixed(long extent) {
        return new Extent(extent, extent, extent);
    }

    private static Extent side(long usual) {
        return new Extent(Math.min(LEAST_SIDE, usual), usual, 2 * usual);
    }

    @Override
    public <T> Values<T> forward(Scope<T> s, ModelConfig config, Values<T> in) {
        UNetConfig c = UNetConfig.of(config);
        T temb = TimeEmbeddings.apply(s, c, in);
        T context = in.get("encoder_hidden_states");
        var skips = new Skips<>(s.ops());
        T x = s.conv("conv_in", c.levels().get(0).channels(), c.inKernel(), 1, (c.inKernel() - 1) / 2, Role.INPUT, in.get("sample"));
        skips.push(x);
        for (int i = 0; i < c.levels().size(); i++) {
            x = new DownBlock(c, i).apply(s, x, temb, context, skips);
        }
        x = new MidBlock(c).apply(s, x, temb, context);
        for (int i = 0; i < c.levels().size(); i++) {
            x = new UpBlock(c, i).apply(s, x, temb, context, skips);
        }
        T y = x;
        return Values.of("latent", s.lifetime(l -> {
            T normed = l.ops().silu(l.groupNorm("conv_norm_out", l.ops().adopt(y), c.groups(), c.epsilon()));
            return l.conv("conv_out", c.outChannels(), c.outKernel(), 1, (c.outKernel() - 1) / 2, Role.OUTPUT, normed);
        }));
    }
}
