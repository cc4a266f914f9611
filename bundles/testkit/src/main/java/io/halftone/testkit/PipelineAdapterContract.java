package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds for every pipeline adapter, seen without a weight: a test extends it, and adds what is the adapter's own. */
public abstract class PipelineAdapterContract {
    private static final DType TYPE = DType.FLOAT16;

    /** The adapter under test. */
    protected abstract PipelineAdapter pipeline();

    /** The backbone's adapter. */
    protected abstract ModelAdapter backbone();

    /** The pipeline's parts, with encoders of shapes that fit the backbone's configuration. */
    protected abstract FakeComponents<Meta> fittingParts();

    /** From prompts through one call of the backbone to pictures; sides are in multiples of the least one. */
    @ParameterizedTest(name = "{0} pictures of {1} by {2} at guidance scale {3}")
    @CsvSource({"1, 1, 1, 1", "3, 2, 5, 1", "3, 5, 2, 1", "1, 2, 5, 6.5", "3, 5, 2, 6.5", "2, 3, 3, 6.5"})
    public void goesFromPromptsToPicturesOfAnySize(int batch, long down, long across, double guidance) {
        FakeComponents<Meta> parts = fittingParts();
        PipelineSpec spec = pipeline().spec(parts.config());
        long height = down * spec.sizeMultiple();
        long width = across * spec.sizeMultiple();
        var prompts = new PromptBatch(Collections.nCopies(batch, "a dog"), Collections.nCopies(batch, ""), guidance, height, width);
        Conditioning<Meta> conditioning = pipeline().encode(parts, prompts);
        int rows = conditioning.guided() ? 2 * batch : batch;
        assertEquals(Shape.of(batch).dim(0), conditioning.promptEmbeds().shape().dim(0));

        Meta latents = latents(rows, spec, height, width);
        Values<Meta> inputs = pipeline().inputs(parts.ops(), conditioning, latents, 500);
        ModelConfig config = parts.config().component(spec.backbone());
        assertFit(backbone().signature(config), inputs);
        Values<Meta> outputs = backbone().forward(new Scope<>(new ShapeOps(TYPE)), config, inputs);
        assertEquals(1, outputs.names().size());
        Meta output = outputs.get(outputs.names().iterator().next());
        assertEquals(latents, pipeline().prediction(parts.ops(), output, latents));

        Meta pictures = pipeline().decode(parts, latents(batch, spec, height, width));
        assertEquals(new Meta(Shape.of(batch, 3, height, width), DType.FLOAT32), pictures);
    }

    private static Meta latents(int rows, PipelineSpec spec, long height, long width) {
        return new Meta(Shape.of(rows, spec.latentChannels(), height / spec.spatialFactor(), width / spec.spatialFactor()), TYPE);
    }

    private static void assertFit(ModelSignature signature, Values<Meta> inputs) {
        assertEquals(signature.inputs().stream().map(Port::name).toList(), List.copyOf(inputs.names()));
        for (Port port : signature.inputs()) {
            Meta input = inputs.get(port.name());
            assertEquals(port.type(TYPE), input.dtype(), port.name());
            assertEquals(port.shape().rank(), input.shape().rank(), port.name());
            for (int axis = 0; axis < port.shape().rank(); axis++) {
                boolean named = !port.shape().dim(axis).isNumber();
                assertTrue(named || port.shape().dim(axis).equals(input.shape().dim(axis)),
                    port.name() + ": found " + input.shape() + "; expected " + port.shape());
            }
        }
    }
}
