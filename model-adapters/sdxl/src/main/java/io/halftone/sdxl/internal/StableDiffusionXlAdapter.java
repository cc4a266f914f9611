package io.halftone.sdxl.internal;

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
 * Stable Diffusion XL, base and Turbo: two text encoders, sizes as conditioning, classifier-free guidance.
 * Source: diffusers, pipeline_stable_diffusion_xl.py, StableDiffusionXLPipeline.
 */
@Component(service = PipelineAdapter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("StableDiffusionXLPipeline")
public final class StableDiffusionXlAdapter implements PipelineAdapter {
    private static final List<String> COMPONENTS = List.of("text_encoder", "text_encoder_2", "unet", "vae");
    /** What diffusers takes where the caller says nothing. */
    private static final int STEPS = 50;
    private static final double GUIDANCE_SCALE = 5;

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        if (config.index().flag("requires_aesthetics_score", false)) {
            throw new IllegalArgumentException(config.index().source()
                + ": requires_aesthetics_score: found true, a refiner; expected a base pipeline");
        }
        COMPONENTS.forEach(config::component);
        ModelConfig unet = config.component("unet");
        List<Integer> sides = unet.isList("sample_size") ? unet.ints("sample_size", 2) : List.of(unet.intValue("sample_size"));
        long factor = 1L << config.component("vae").ints("block_out_channels").size() - 1;
        return new PipelineSpec("unet", COMPONENTS, unet.intValue("in_channels", 4), factor, factor, sides.get(0) * factor,
            sides.get(sides.size() - 1) * factor, STEPS, GUIDANCE_SCALE, 1, false);
    }

    /** {@inheritDoc} A configuration that does not say so has a decoder that overflows: the default of AutoencoderKL. */
    @Override
    public boolean overflowsHalf(String component, ModelConfig config) {
        return config.flag("force_upcast", component.equals("vae"));
    }

    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        boolean guided = prompts.guidanceScale() > 1 && !components.config().component("unet").has("time_cond_proj_dim");
        var o = components.ops();
        List<T> made = o.region("", () -> {
            var encoders = new PromptEncoders<>(components);
            PromptEncoders.Embeddings<T> positive = encoders.encode(prompts.prompts());
            if (!guided) {
                return List.of(positive.tokens(), positive.pooled(), sizes(o, prompts, 1), positive.tokens());
            }
            PromptEncoders.Embeddings<T> negative = encoders.encodeNegative(prompts.negativePrompts(), positive);
            return List.of(o.concat(0, List.of(negative.tokens(), positive.tokens())),
                o.concat(0, List.of(negative.pooled(), positive.pooled())), sizes(o, prompts, 2), positive.tokens());
        });
        Map<String, T> inputs = new LinkedHashMap<>();
        inputs.put("encoder_hidden_states", made.get(0));
        inputs.put("text_embeds", made.get(1));
        inputs.put("time_ids", made.get(2));
        return new Conditioning<>(Values.of(inputs), guided, made.get(3));
    }

    /** Original size, top left of the crop and target size, in pixels, for each element: (copies * batch, 6), float32. */
    private static <T> T sizes(EagerOps<T> o, PromptBatch prompts, int copies) {
        float height = prompts.height();
        float width = prompts.width();
        float[] ids = {height, width, 0, 0, height, width};
        int rows = copies * prompts.size();
        float[] all = new float[rows * ids.length];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(ids, 0, all, row * ids.length, ids.length);
        }
        return o.constant(all, Shape.of(rows, ids.length), DType.FLOAT32);
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
