package io.halftone.pipeline;

import io.halftone.model.ModelConfig;
import org.osgi.annotation.versioning.ConsumerType;

/** A sampler of the diffusion process. Found by {@link io.halftone.model.Named}, the {@code _class_name} of scheduler_config.json. Stateless. */
@ConsumerType
public interface Scheduler {
    /**
     * What a schedule is made for, beside its configuration.
     *
     * @param steps       denoising steps that the user asks for, at least 1; schedulers check it
     * @param imageTokens tokens of the image, for schedules that shift with its size; others ignore it
     * @param evenLevels  whether the pipeline has noise levels start out evenly spaced, from 1 to 1 / steps; if not, a scheduler
     *                    starts from the levels that its model was trained at. For flow matching; others ignore it
     */
    record Run(int steps, long imageTokens, boolean evenLevels) {}

    /**
     * The schedule of one run.
     *
     * @throws IllegalArgumentException if the configuration asks for what this has not, or steps do not fit
     */
    Schedule schedule(ModelConfig config, Run run);
}
