package io.halftone.sd3.internal;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Stable Diffusion 3 and 3.5: two or three text encoders, classifier-free guidance.
 * Source: diffusers, pipeline_stable_diffusion_3.py, StableDiffusion3Pipeline.
 */
@Component(service = PipelineAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("StableDiffusion3Pipeline")
public final class StableDiffusion3Adapter implements PipelineAdapter {
    /** What diffusers takes where the caller says nothing. */
    private static final int STEPS = 28;
    private static final double GUIDANCE_SCALE = 7;

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        List<String> components = new ArrayList<>(List.of("text_encoder", "text_encoder_2", "transformer", "vae"));
        if (config.has(PromptEncoders.T5)) {
            components.add(2, PromptEncoders.T5);
        }
        components.forEach(config::component);
        Sd3Config transformer = Sd3Config.of(config.component("transformer"));
        long factor = 1L << config.component("vae").ints("block_out_channels").size() - 1;
        long side = transformer.side() * factor;
        return new PipelineSpec("transformer", components, transformer.inChannels(), factor, factor * transformer.patch(), side, side, STEPS,
            GUIDANCE_SCALE, transformer.patch(), false);
    }

    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        boolean guided = prompts.guidanceScale() > 1;
        var o = components.ops();
        List<T> made = o.region("", () -> {
            var encoders = new PromptEncoders<>(components);
            PromptEncoders.Embeddings<T> positive = encoders.encode(prompts.prompts());
            if (!guided) {
                return List.of(positive.tokens(), positive.pooled(), positive.tokens());
            }
            // an empty text is encoded like any other
            PromptEncoders.Embeddings<T> negative = encoders.encode(prompts.negativePrompts());
            return List.of(o.concat(0, List.of(negative.tokens(), positive.tokens())),
                o.concat(0, List.of(negative.pooled(), positive.pooled())), positive.tokens());
        });
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("encoder_hidden_states", made.get(0));
        inputs.put("pooled_projections", made.get(1));
        return new Conditioning<>(Values.of(inputs), guided, made.get(2));
    }

    /** {@inheritDoc} All of the latents' type, as the backbone's signature has it; the time step once for each element. */
    @Override
    public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
        DType type = ops.dtype(latents);
        float[] steps = new float[Math.toIntExact(ops.shape(latents).dim(0).size())];
        Arrays.fill(steps, (float) timestep);
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("hidden_states", latents);
        conditioning.inputs().asMap().forEach((name, value) -> inputs.put(name, ops.cast(value, type)));
        inputs.put("timestep", ops.constant(steps, Shape.of(steps.length), type));
        return Values.of(inputs);
    }

    @Override
    public <T> T prediction(EagerOps<T> ops, T output, T latents) {
        return output;
    }

    @Override
    public <T> T decode(Components<T> components, T latents) {
        return new LatentDecoder(components.config().component("vae")).decode(components, latents);
    }
}
