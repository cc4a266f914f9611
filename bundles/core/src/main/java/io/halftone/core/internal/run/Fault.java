package io.halftone.core.internal.run;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PromptBatch;
import io.halftone.pipeline.Schedule;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pictures that are not finite. Says where they went wrong by doing the work again, looking at every value; a run that goes well does
 * without, as each look is a wait on the device.
 *
 * @param parts of the pipeline
 * @param batch the prompts
 * @param <T>   a tensor
 */
public record Fault<T>(RunningPipeline<T> parts, PromptBatch batch) {
    private static final String EXPECTED = "; expected finite values: try another model dtype";

    /**
     * The way from noise to latents.
     *
     * @param <T> a tensor
     */
    public interface Steps<T> {
        /** Goes it on that backbone, from the same noise each time. */
        void run(Backbone<T> backbone, DenoisingLoop.Watcher<T> watcher);
    }

    /**
     * Names the layer of a text encoder, or that of the backbone with the step and the prompt. Of an engine only the step can be named.
     *
     * @param end the largest magnitude of the latents, which is not finite
     */
    public IllegalArgumentException inLatents(Backbone<T> backbone, Schedule schedule, Steps<T> steps, float end) {
        EagerOps<T> ops = parts.ops();
        String[] first = new String[1];
        try {
            ops.region("", () -> {
                lookAtPrompts();
                AtomicInteger now = new AtomicInteger();
                var report = LocatingOps.denoising(now::get, batch.prompts(), IllegalArgumentException::new);
                steps.run(backbone.over(target -> new LocatingOps<>(target, ops, report)), new DenoisingLoop.Watcher<>() {
                    @Override
                    public void before(int call, int step, Values<T> inputs) {
                        now.set(step);
                    }

                    @Override
                    public void output(int call, T output) {
                        look("the backbone's output at step ", call, output);
                    }

                    @Override
                    public void after(int call, int calls, T latents) {
                        look("the latents after step ", call, latents);
                    }

                    private void look(String what, int call, T value) {
                        float found = first[0] == null ? largest(value) : 0;
                        if (!Float.isFinite(found)) {
                            first[0] = what + schedule.step(call) + ": found " + found;
                        }
                    }
                });
                return List.of();
            });
        } catch (IllegalArgumentException located) {
            return located;
        }
        return new IllegalArgumentException((first[0] == null ? "the latents: found " + end + " at the end" : first[0]) + EXPECTED);
    }

    /** Encodes the prompts again, and stops at the layer that spoils what the backbone is given, if one does. */
    private void lookAtPrompts() {
        Conditioning<T> given = parts.pipeline().adapter().encode(parts, batch);
        for (T input : given.inputs().asMap().values()) {
            float found = largest(input);
            if (!Float.isFinite(found)) {
                // infinities within an encoder are no fault: float16 states are clipped, as the sources do it
                parts.pipeline().adapter().encode(parts.over(this::located), batch);
                throw new IllegalArgumentException("the encoded prompts: found " + found + EXPECTED);
            }
        }
    }

    /**
     * Names the layer of the decoder.
     *
     * @param latents what it was given, finite
     */
    public IllegalArgumentException inPictures(T latents) {
        try {
            parts.ops().region("", () -> {
                parts.pipeline().adapter().decode(parts.over(this::located), latents);
                return List.of();
            });
        } catch (IllegalArgumentException located) {
            return located;
        }
        return new IllegalArgumentException("the decoded pictures: found NaN, of latents up to " + largest(latents) + EXPECTED);
    }

    private LocatingOps<T> located(String component, EagerOps<T> its) {
        return new LocatingOps<>(its, its,
            (layer, found, sample) -> new IllegalArgumentException(component + ": " + layer + ": found " + found + EXPECTED));
    }

    private float largest(T value) {
        EagerOps<T> ops = parts.ops();
        return ops.toFloats(ops.amax(ops.abs(ops.cast(value, DType.FLOAT32))))[0];
    }
}
