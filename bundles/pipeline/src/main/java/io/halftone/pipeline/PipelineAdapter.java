package io.halftone.pipeline;

import io.halftone.model.ModelConfig;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * How one family goes from prompts to a picture around its backbone. Found by {@link io.halftone.model.Named}, the
 * {@code _class_name} of model_index.json. Stateless.
 */
@ConsumerType
public interface PipelineAdapter {
    /** What the pipeline is made of and how it is used if nothing else is said. */
    PipelineSpec spec(PipelineConfig config);

    /**
     * Whether values of a component do not fit into float16: where a user asks for that, it computes in float32. As its configuration says
     * with {@code force_upcast}, unless the family knows better.
     *
     * @param config of the component
     */
    default boolean overflowsHalf(String component, ModelConfig config) {
        return config.flag("force_upcast", false);
    }

    /** Embeds the prompts: the backbone inputs that stay the same through all steps. */
    <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts);

    /**
     * The backbone's inputs at one call.
     *
     * @param latents  scaled, and doubled where guidance needs it: (batch, channels, height, width)
     * @param timestep as the schedule has it
     */
    <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep);

    /**
     * The prediction in the layout of the latents.
     *
     * @param output  what the backbone gave
     * @param latents what the backbone was given, for its shape
     */
    <T> T prediction(EagerOps<T> ops, T output, T latents);

    /** Latents to pictures: (batch, 3, height, width), float32, 0 to 1. */
    <T> T decode(Components<T> components, T latents);
}
