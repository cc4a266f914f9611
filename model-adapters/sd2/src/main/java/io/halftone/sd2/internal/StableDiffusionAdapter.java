package io.halftone.sd2.internal;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Stable Diffusion 1 and 2: one text encoder, classifier-free guidance. A safety checker of the folder is not run.
 * Source: diffusers, pipeline_stable_diffusion.py, StableDiffusionPipeline.
 */
@Component(service = PipelineAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("StableDiffusionPipeline")
public final class StableDiffusionAdapter implements PipelineAdapter {
    private static final String TEXT_ENCODER = "text_encoder";
    private static final List<String> COMPONENTS = List.of(TEXT_ENCODER, "unet", "vae");
    /** What diffusers takes where the caller says nothing. */
    private static final int STEPS = 50;
    private static final double GUIDANCE_SCALE = 7.5;

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        COMPONENTS.forEach(config::component);
        config.component(TEXT_ENCODER).expect("use_attention_mask", false);
        if (config.has("scheduler")) {
            checkScheduler(config.component("scheduler"));
        }
        ModelConfig unet = config.component("unet");
        List<Integer> sides = unet.isList("sample_size") ? unet.ints("sample_size", 2) : List.of(unet.intValue("sample_size"));
        long factor = 1L << config.component("vae").ints("block_out_channels").size() - 1;
        return new PipelineSpec("unet", COMPONENTS, unet.intValue("in_channels", 4), factor, factor, sides.get(0) * factor,
            sides.get(sides.size() - 1) * factor, STEPS, GUIDANCE_SCALE, 1, false);
    }

    /** Refuses two values that diffusers warns of and replaces when it loads such a pipeline. */
    private static void checkScheduler(ModelConfig scheduler) {
        scheduler.expect("clip_sample", false);
        if (scheduler.intValue("steps_offset", 1) != 1) {
            throw new IllegalArgumentException(scheduler.source() + ": steps_offset: found " + scheduler.intValue("steps_offset")
                + "; expected 1");
        }
    }

    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        boolean guided = prompts.guidanceScale() > 1 && !components.config().component("unet").has("time_cond_proj_dim");
        var o = components.ops();
        List<T> made = o.region("", () -> {
            T positive = embed(components, prompts.prompts());
            return guided
                ? List.of(o.concat(0, List.of(embed(components, prompts.negativePrompts()), positive)), positive)
                : List.of(positive, positive);
        });
        return new Conditioning<>(Values.of("encoder_hidden_states", made.get(0)), guided, made.get(1));
    }

    /** The states behind the text encoder's last layer and its norm, (batch, tokens, dim); an empty text is one like others. */
    private static <T> T embed(Components<T> components, List<String> texts) {
        T ids = components.ids("tokenizer", texts, components.tokenizer("tokenizer").maxLength());
        return components.run(TEXT_ENCODER, Values.of("input_ids", ids)).get("last_hidden_state");
    }

    /** {@inheritDoc} All of the latents' type, as the backbone's signature has it. */
    @Override
    public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
        DType type = ops.dtype(latents);
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("sample", latents);
        inputs.put("timestep", ops.constant(new float[] {(float) timestep}, Shape.of(1), type));
        conditioning.inputs().asMap().forEach((name, value) -> inputs.put(name, ops.cast(value, type)));
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
