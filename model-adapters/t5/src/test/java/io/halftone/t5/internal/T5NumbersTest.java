package io.halftone.t5.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.testkit.Tensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder on libtorch, beside what t5-vectors.py computed with the same weights. */
class T5NumbersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GATED = 0;
    private static final int RELU = 1;

    /** A checkpoint of sines, as in t5-vectors.py, each parameter times a factor. */
    private static final class Sines<T> extends ForwardingOps<T> {
        private final EagerOps<T> eager;
        private final ToDoubleFunction<String> factor;

        Sines(EagerOps<T> eager, ToDoubleFunction<String> factor) {
            super(eager);
            this.eager = eager;
            this.factor = factor;
        }

        @Override
        public T parameter(String name, Shape shape) {
            float[] values = new float[(int) shape.count().size()];
            for (int k = 0; k < values.length; k++) {
                double sine = Math.sin(k + name.chars().sum());
                values[k] = (float) (factor.applyAsDouble(name) * (shape.rank() == 1 ? 1 + sine : sine / 2));
            }
            return eager.cast(eager.load(TensorView.ofFloats(values, shape.sizes())), computeType());
        }

        @Override
        public T linear(Layer.Linear layer, T x) {
            return linear(x, parameter(layer.name() + ".weight", layer.weightShape()));
        }
    }

    private static JsonNode vectors(int which) throws IOException {
        return JSON.readTree(T5NumbersTest.class.getResource("t5-vectors.json")).get(which);
    }

    private static float[] encode(int which, DType type, ToDoubleFunction<String> factor) throws IOException {
        JsonNode vectors = vectors(which);
        var config = ModelConfig.of("config.json", JSON.convertValue(vectors.get("config"), new TypeReference<Map<String, Object>>() {}));
        long[][] ids = JSON.convertValue(vectors.get("ids"), long[][].class);
        long[] flat = Arrays.stream(ids).flatMapToLong(Arrays::stream).toArray();
        return Tensors.run(type, new Tensors.Work<float[]>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T input = ops.load(TensorView.ofLongs(flat, ids.length, ids[0].length));
                T last = new T5EncoderAdapter().forward(new Scope<>(new Sines<>(ops, factor)), config, Values.of("input_ids", input))
                    .get("last_hidden_state");
                assertEquals(type, ops.dtype(last));
                return ops.toFloats(last);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {GATED, RELU})
    void agreesWithTheReference(int which) throws IOException {
        float[] expected = JSON.convertValue(vectors(which).get("last_hidden_state"), float[].class);
        // float32 beside float64, over two blocks
        assertArrayEquals(expected, encode(which, DType.FLOAT32, name -> 1), 2e-5f);
    }

    @ParameterizedTest
    @ValueSource(ints = {GATED, RELU})
    void agreesInHalfPrecision(int which) throws IOException {
        float[] expected = JSON.convertValue(vectors(which).get("last_hidden_state"), float[].class);
        // 11 and 8 bits of mantissa, over two blocks of sums
        assertArrayEquals(expected, encode(which, DType.FLOAT16, name -> 1), 2e-2f);
        assertArrayEquals(expected, encode(which, DType.BFLOAT16, name -> 1), 2e-1f);
    }

    @Test
    void leavesTheRangeOfFloat16InTheLastProjection() throws IOException {
        ToDoubleFunction<String> factor = name -> name.endsWith("wo.weight") ? 3e4 : 1;
        float[] wide = encode(GATED, DType.FLOAT32, factor);
        // the state is beyond 65504 there, and the final norm brings it back
        assertArrayEquals(wide, encode(GATED, DType.FLOAT16, factor), 2e-2f);
    }

    @Test
    void clipsAFloat16StateBeyondItsRange() throws IOException {
        ToDoubleFunction<String> factor = name -> name.endsWith("0.SelfAttention.o.weight") ? 6e4 : 1;
        for (float value : encode(GATED, DType.FLOAT16, factor)) {
            assertTrue(Float.isFinite(value), "found " + value);
        }
    }
}
