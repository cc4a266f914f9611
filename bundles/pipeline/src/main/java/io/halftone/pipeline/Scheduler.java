package io.halftone.pipeline;

import io.halftone.model.ModelConfig;
import org.osgi.annotation.versioning.ConsumerType;

/** A sampler of the diffusion process. Found by {@link io.halftone.model.Named}, the {@code _class_name} of scheduler_config.json. Stateless. */
@ConsumerType
public interface Scheduler {
    /**
     * The schedule of one run.
     *
     * @param steps       denoising steps that the user asks for, at least 1
     * @param imageTokens tokens of the image, for schedules that shift with its size; others ignore it
     * @throws IllegalArgumentException if the configuration asks for what this has not, or steps do not fit
     */
    Schedule schedule(ModelConfig config, int steps, long imageTokens);
}
