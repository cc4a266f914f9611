package org.example.pixart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.testkit.ComputedParameters;
import io.halftone.testkit.ShapePass;
import io.halftone.testkit.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The transformer on libtorch, beside what pixart-vectors.py computed with the same weights. */
class PixArtNumbersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Shape LATENTS = Shape.of(2, 4, 6, 10);
    private static final Shape CAPTION = Shape.of(2, 5, 6);
    /** The first text has two tokens, the other all five. */
    private static final float[] MASK = {1, 1, 0, 0, 0, 1, 1, 1, 1, 1};

    private final PixArtTransformer2DModelAdapter adapter = new PixArtTransformer2DModelAdapter();
    private final JsonNode vectors;
    private final ModelConfig config;

    PixArtNumbersTest() throws IOException {
        vectors = JSON.readTree(PixArtNumbersTest.class.getResource("pixart-vectors.json"));
        config = ModelConfig.of("config.json", JSON.convertValue(vectors.get("config"), new TypeReference<Map<String, Object>>() {}));
    }

    @Test
    void agreesWithTheReference() {
        // float32 beside float64, over two blocks
        assertArrayEquals(expected(), sample(DType.FLOAT32, values(CAPTION, 2)), 5e-5f);
    }

    @Test
    void agreesInHalfPrecision() {
        // 11 bits of mantissa, over two blocks of sums
        assertArrayEquals(expected(), sample(DType.FLOAT16, values(CAPTION, 2)), 5e-2f);
    }

    @Test
    void doesNotSeeWhatPadsAText() {
        float[] caption = values(CAPTION, 2);
        float[] padded = caption.clone();
        Arrays.fill(padded, 2 * 6, 5 * 6, 100);
        assertArrayEquals(sample(DType.FLOAT32, caption), sample(DType.FLOAT32, padded));
        padded[0] = 100;
        assertFalse(Arrays.equals(sample(DType.FLOAT32, caption), sample(DType.FLOAT32, padded)), "a text's own tokens are seen");
    }

    private float[] expected() {
        return JSON.convertValue(vectors.get("sample"), float[].class);
    }

    private float[] sample(DType type, float[] caption) {
        var shapes = ShapePass.symbolic(adapter, config, DType.FLOAT32).parameters();
        var sines = new ComputedParameters(shapes, PixArtNumbersTest::sine);
        return Tensors.run(type, sines, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                Map<String, T> inputs = new LinkedHashMap<>();
                inputs.put("hidden_states", ops.constant(values(LATENTS, 1), LATENTS, type));
                inputs.put("encoder_hidden_states", ops.constant(caption, CAPTION, type));
                inputs.put("encoder_attention_mask", ops.constant(MASK, Shape.of(2, 5), type));
                inputs.put("timestep", ops.constant(new float[] {500}, Shape.of(1), type));
                return ops.toFloats(adapter.forward(new Scope<>(ops), config, Values.of(inputs)).get("sample"));
            }
        });
    }

    private static double sine(String name, Shape shape, int index) {
        long inputs = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            inputs *= shape.dim(axis).size();
        }
        return Math.sin(index + name.chars().sum()) / Math.sqrt(inputs);
    }

    private static float[] values(Shape shape, double start) {
        float[] values = new float[Math.toIntExact(shape.count().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i * 0.7 + start);
        }
        return values;
    }
}
