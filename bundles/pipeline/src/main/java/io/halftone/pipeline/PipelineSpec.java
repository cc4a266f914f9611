package io.halftone.pipeline;

import java.util.List;

/**
 * What a pipeline is made of and how it is used if nothing else is said.
 *
 * @param backbone          the component that is quantized, such as {@code unet}
 * @param components        the components with weights that a run needs, the backbone included
 * @param latentChannels    channels of the latents
 * @param spatialFactor     pixels for one latent, on each side
 * @param sizeMultiple      picture sides are a multiple of this
 * @param height            usual height in pixels
 * @param width             usual width in pixels
 * @param steps             usual number of denoising steps
 * @param guidanceScale     usual guidance scale
 * @param latentsPerToken   latents that make one token on each side, for schedules that shift with the token count
 * @param evenLevels        whether the pipeline has noise levels start out evenly spaced: see {@link Scheduler.Run}
 */
public record PipelineSpec(String backbone, List<String> components, long latentChannels, long spatialFactor, long sizeMultiple,
                           long height, long width, int steps, double guidanceScale, int latentsPerToken, boolean evenLevels) {
    public PipelineSpec {
        components = List.copyOf(components);
    }

    /** What a schedule of that many steps is made for, where pictures have sides of that many pixels. */
    public Scheduler.Run run(int steps, long height, long width) {
        long pixels = spatialFactor * latentsPerToken;
        return new Scheduler.Run(steps, height / pixels * (width / pixels), evenLevels);
    }

    /** The same pipeline, used in another way where nothing else is said. */
    public PipelineSpec with(Usage usage) {
        return new PipelineSpec(backbone, components, latentChannels, spatialFactor, sizeMultiple, usage.height(), usage.width(), usage.steps(),
            usage.guidanceScale(), latentsPerToken, evenLevels);
    }
}
