package org.example.pixart;

import io.halftone.autoencoder.LatentDecoder;
import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * PixArt-Sigma: one text encoder, T5, and classifier-free guidance. Sizes are used as they are asked for, and not brought to the
 * nearest of a table. Source: diffusers, pipeline_pixart_sigma.py, PixArtSigmaPipeline.
 */
@Component(service = PipelineAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("PixArtSigmaPipeline")
public final class PixArtSigmaAdapter implements PipelineAdapter {
    private static final List<String> COMPONENTS = List.of("text_encoder", "transformer", "vae");
    /** What diffusers takes where the caller says nothing. */
    private static final int STEPS = 20;
    private static final double GUIDANCE_SCALE = 4.5;

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        COMPONENTS.forEach(config::component);
        PixArtConfig transformer = PixArtConfig.of(config.component("transformer"));
        long factor = 1L << config.component("vae").ints("block_out_channels").size() - 1;
        long side = transformer.side() * factor;
        return new PipelineSpec("transformer", COMPONENTS, transformer.inChannels(), factor, factor * transformer.patch(), side, side, STEPS,
            GUIDANCE_SCALE, transformer.patch(), false);
    }

    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        boolean guided = prompts.guidanceScale() > 1;
        var o = components.ops();
        var captions = new Captions<>(components);
        List<T> made = o.region("", () -> {
            Captions.Encoded<T> positive = captions.encode(prompts.prompts());
            if (!guided) {
                return List.of(positive.states(), positive.mask(), positive.states());
            }
            Captions.Encoded<T> negative = captions.encode(prompts.negativePrompts());
            return List.of(o.concat(0, List.of(negative.states(), positive.states())), o.concat(0, List.of(negative.mask(), positive.mask())),
                positive.states());
        });
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("encoder_hidden_states", made.get(0));
        inputs.put("encoder_attention_mask", made.get(1));
        return new Conditioning<>(Values.of(inputs), guided, made.get(2));
    }

    /** {@inheritDoc} All of the latents' type, as the backbone's signature has it. */
    @Override
    public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
        DType type = ops.dtype(latents);
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("hidden_states", latents);
        conditioning.inputs().asMap().forEach((name, value) -> inputs.put(name, ops.cast(value, type)));
        inputs.put("timestep", ops.constant(new float[] {(float) timestep}, Shape.of(1), type));
        return Values.of(inputs);
    }

    /** {@inheritDoc} The first half of the channels; the other is a variance, which the scheduler does not use. */
    @Override
    public <T> T prediction(EagerOps<T> ops, T output, T latents) {
        return ops.slice(output, 1, 0, ops.shape(latents).dim(1).size());
    }

    @Override
    public <T> T decode(Components<T> components, T latents) {
        return new LatentDecoder(components.config().component("vae")).decode(components, latents);
    }
}
