package io.halftone.flux.internal;

import io.halftone.autoencoder.LatentDecoder;
import io.halftone.model.ModelConfig;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * FLUX.1: latents packed into tokens, and guidance that is an input of the model, in place of a second pass.
 * Source: diffusers, pipeline_flux.py, FluxPipeline.
 */
@Component(service = PipelineAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("FluxPipeline")
public final class FluxAdapter implements PipelineAdapter {
    private static final List<String> COMPONENTS = List.of("text_encoder", "text_encoder_2", "transformer", "vae");
    /** What diffusers takes where the caller says nothing. */
    private static final int STEPS = 28;
    private static final double GUIDANCE_SCALE = 3.5;
    /** What models without guidance are made for: schnell. */
    private static final int FEW_STEPS = 4;
    /** Pixels of a side where the decoder's configuration has none. */
    private static final int SIDE = 1024;
    /** Time steps of the schedule for 1 of the model's. */
    private static final double STEPS_OF_TIME = 1_000;

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        COMPONENTS.forEach(config::component);
        FluxConfig transformer = FluxConfig.of(config.component("transformer"));
        ModelConfig vae = config.component("vae");
        long factor = 1L << vae.ints("block_out_channels").size() - 1;
        List<Integer> sides = vae.isList("sample_size") ? vae.ints("sample_size", 2) : List.of(vae.intValue("sample_size", SIDE));
        return new PipelineSpec("transformer", COMPONENTS, transformer.inChannels() / (Patches.SIDE * Patches.SIDE), factor,
            factor * Patches.SIDE, sides.get(0), sides.get(sides.size() - 1), transformer.guided() ? STEPS : FEW_STEPS,
            transformer.guided() ? GUIDANCE_SCALE : 0, Patches.SIDE, true);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if there is a negative prompt, or a guidance scale for a model without guidance
     */
    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        var o = components.ops();
        long pixels = spec(components.config()).sizeMultiple();
        boolean embedded = FluxConfig.of(components.config().component("transformer")).guided();
        refuse(prompts, embedded);
        List<T> made = o.region("", () -> {
            var encoders = new PromptEncoders<>(components, prompts.prompts());
            T tokens = encoders.tokens();
            int words = Math.toIntExact(o.shape(tokens).dim(1).size());
            T places = Patches.places(o, prompts.height() / pixels, prompts.width() / pixels);
            T none = o.constant(new float[3 * words], Shape.of(words, 3), DType.FLOAT32);
            return List.of(tokens, encoders.pooled(), places, none, filled(o, prompts.guidanceScale(), prompts.size(), DType.FLOAT32));
        });
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("encoder_hidden_states", made.get(0));
        inputs.put("pooled_projections", made.get(1));
        inputs.put("img_ids", made.get(2));
        inputs.put("txt_ids", made.get(3));
        if (embedded) {
            inputs.put("guidance", made.get(4));
        }
        return new Conditioning<>(Values.of(inputs), false, made.get(0));
    }

    private static void refuse(PromptBatch prompts, boolean guided) {
        for (String negative : prompts.negativePrompts()) {
            if (!negative.isBlank()) {
                throw new IllegalArgumentException("negative prompt: found \"" + negative + "\"; expected none, as FLUX has no second pass for it");
            }
        }
        if (!guided && prompts.guidanceScale() != 0) {
            throw new IllegalArgumentException("guidance scale: found " + prompts.guidanceScale() + "; expected 0, as the model embeds none");
        }
    }

    /** {@inheritDoc} Latents as tokens; time in the latents' type, 0 to 1; places and guidance in float32. */
    @Override
    public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
        DType type = ops.dtype(latents);
        Values<T> constant = conditioning.inputs();
        T steps = filled(ops, timestep, ops.shape(latents).dim(0).size(), type);
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("hidden_states", Patches.pack(ops, latents));
        inputs.put("encoder_hidden_states", ops.cast(constant.get("encoder_hidden_states"), type));
        inputs.put("pooled_projections", ops.cast(constant.get("pooled_projections"), type));
        inputs.put("timestep", ops.div(steps, ops.constant(STEPS_OF_TIME, type)));
        for (String name : List.of("img_ids", "txt_ids", "guidance")) {
            if (constant.has(name)) {
                inputs.put(name, constant.get(name));
            }
        }
        return Values.of(inputs);
    }

    private static <T> T filled(EagerOps<T> o, double value, long count, DType type) {
        float[] values = new float[Math.toIntExact(count)];
        Arrays.fill(values, (float) value);
        return o.constant(values, Shape.of(count), type);
    }

    @Override
    public <T> T prediction(EagerOps<T> ops, T output, T latents) {
        return Patches.unpack(ops, output, ops.shape(latents));
    }

    @Override
    public <T> T decode(Components<T> components, T latents) {
        return new LatentDecoder(components.config().component("vae")).decode(components, latents);
    }
}
