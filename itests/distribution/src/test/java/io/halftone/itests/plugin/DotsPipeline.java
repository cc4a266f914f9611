package io.halftone.itests.plugin;

import io.halftone.ops.Dim;
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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A pipeline of nothing but its backbone. What it decodes with, a class and a lambda, is first used when all steps are done. For the
 * prompt {@link #LATE} it reads a resource then, as a plugin should not.
 */
public final class DotsPipeline implements PipelineAdapter {
    /** The prompt for which a resource is read late. */
    public static final String LATE = "late";

    private static final int FACTOR = 8;
    private final float strength = Float.parseFloat(text());
    private volatile boolean late;

    /** What the bundle's resource says. */
    private static String text() {
        try (InputStream in = DotsPipeline.class.getResourceAsStream("strength.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public PipelineSpec spec(PipelineConfig config) {
        return new PipelineSpec("dots", List.of("dots"), 3, FACTOR, FACTOR, 32, 32, 4, 0, 1, false);
    }

    @Override
    public <T> Conditioning<T> encode(Components<T> components, PromptBatch prompts) {
        late = prompts.prompts().contains(LATE);
        return new Conditioning<>(Values.of(Map.of()), false, components.ops().constant(0, DType.FLOAT32));
    }

    @Override
    public <T> Values<T> inputs(EagerOps<T> ops, Conditioning<T> conditioning, T latents, double timestep) {
        return Values.of("sample", latents);
    }

    @Override
    public <T> T prediction(EagerOps<T> ops, T output, T latents) {
        return output;
    }

    @Override
    public <T> T decode(Components<T> components, T latents) {
        return new Decoding<>(components.ops()).apply(latents, late ? Float.parseFloat(text()) : strength);
    }

    /** First used when all steps are done. */
    private static final class Decoding<T> {
        private final EagerOps<T> ops;

        private Decoding(EagerOps<T> ops) {
            this.ops = ops;
        }

        T apply(T latents, float strength) {
            Shape shape = ops.shape(latents);
            BiFunction<T, Factor, T> brightness = (x, factor) -> ops.add(ops.mul(x, ops.constant(factor.value(), DType.FLOAT32)),
                ops.constant(0.5, DType.FLOAT32));
            T small = ops.clamp(brightness.apply(latents, new Factor(strength)), 0, 1);
            return ops.upsampleNearest(small, side(shape, 2), side(shape, 3));
        }

        private static Dim side(Shape shape, int axis) {
            return Dim.of(shape.dim(axis).size() * FACTOR);
        }
    }

    /** A type that only the lambda's own type names. */
    private record Factor(float value) {}
}
