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
 */
public record PipelineSpec(String backbone, List<String> components, long latentChannels, long spatialFactor, long sizeMultiple,
                           long height, long width, int steps, double guidanceScale, int latentsPerToken) {
    public PipelineSpec {
        components = List.copyOf(components);
    }
}
