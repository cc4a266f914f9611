package io.halftone.t5.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class T5EncoderAdapterTest {
    /** How the encoder of version 1.1, size XXL, is published. */
    private static final long XXL_PARAMETERS = 4_762_310_656L;

    private final T5EncoderAdapter adapter = new T5EncoderAdapter();

    @Nested
    class Gated extends ModelAdapterContract {
        @Override
        protected ModelAdapter adapter() {
            return adapter;
        }

        @Override
        protected ModelConfig config() {
            return tiny();
        }
    }

    @Nested
    class Plain extends ModelAdapterContract {
        @Override
        protected ModelAdapter adapter() {
            return adapter;
        }

        @Override
        protected ModelConfig config() {
            return with(Map.of("feed_forward_proj", "relu", "dense_act_fn", "relu"));
        }
    }

    /** The names and shapes are those in the header of the small T5's safetensors file. */
    @Test
    void asksForExactlyWhatTheCheckpointHolds() {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT16)) {
            ShapePass pass = ShapePass.symbolic(adapter, tiny(), type);
            assertEquals(CheckpointFiles.shapes(getClass(), "tiny-t5-shapes.json"), new TreeMap<>(pass.parameters()));
        }
    }

    @Test
    void asksForEveryParameterOfThePublishedXxl() {
        ShapePass pass = ShapePass.symbolic(adapter, CheckpointFiles.config(getClass(), "t5-v1.1-xxl-config.json"), DType.BFLOAT16);
        assertEquals(2 + 24 * 9 + 1, pass.parameters().size());
        assertEquals(XXL_PARAMETERS, pass.parameters().values().stream().mapToLong(shape -> shape.count().size()).sum());
        assertEquals(24 * 7, pass.layers().size());
    }

    @Test
    void namesItsLayersByTheirPlace() {
        String first = "encoder.block.0.layer.0.SelfAttention.";
        String second = "encoder.block.0.layer.1.DenseReluDense.";
        assertEquals(List.of(
                new Layer.Linear(first + "q", Role.QKV, 112, 64, false),
                new Layer.Linear(first + "k", Role.QKV, 112, 64, false),
                new Layer.Linear(first + "v", Role.QKV, 112, 64, false),
                new Layer.Linear(first + "o", Role.ATTENTION_OUTPUT, 64, 112, false),
                new Layer.Linear(second + "wi_0", Role.FEED_FORWARD, 112, 224, false),
                new Layer.Linear(second + "wi_1", Role.FEED_FORWARD, 112, 224, false),
                new Layer.Linear(second + "wo", Role.FEED_FORWARD, 224, 112, false)),
            ShapePass.symbolic(adapter, tiny(), DType.FLOAT32).layers().subList(0, 7));
    }

    @Test
    void hasOneProjectionBeforeRelu() {
        Map<String, Shape> parameters =
            ShapePass.symbolic(adapter, with(Map.of("feed_forward_proj", "relu", "dense_act_fn", "relu")), DType.FLOAT32).parameters();
        assertEquals(Shape.of(224, 112), parameters.get("encoder.block.0.layer.1.DenseReluDense.wi.weight"));
        assertEquals(List.of(), parameters.keySet().stream().filter(name -> name.contains("wi_")).toList());
    }

    @Test
    void takesATextOfAnotherLength() {
        assertEquals(new Meta(Shape.of(2, 700, 112), DType.FLOAT32),
            run(new Meta(Shape.of(2, 700), DType.INT64)).get("last_hidden_state"));
    }

    @Test
    void namesTheLengthOfTextsInItsSignature() {
        assertEquals("[batch_size, sequence_length]", adapter.signature(tiny()).input("input_ids").shape().toString());
        assertEquals(new Extent(1, 512, 512), adapter.signature(tiny()).extents().get("sequence_length"));
    }

    @Test
    void takesReluWhereNothingIsSaid() {
        Map<String, Object> values = new LinkedHashMap<>(tiny().asMap());
        List.of("feed_forward_proj", "dense_act_fn").forEach(values::remove);
        assertEquals(false, T5Config.of(ModelConfig.of("text_encoder/config.json", values)).gated());
    }

    @Test
    void refusesAFeedForwardThatItDoesNotKnow() {
        assertRefused("feed_forward_proj: found gated-silu; expected one of [relu, gated-gelu]", Map.of("feed_forward_proj", "gated-silu"));
    }

    @Test
    void refusesAnActivationThatItDoesNotKnow() {
        assertRefused("dense_act_fn: found gelu; expected one of [gelu_new]", Map.of("dense_act_fn", "gelu"));
    }

    @Test
    void refusesAnOddNumberOfBuckets() {
        assertRefused("relative_attention_num_buckets: found 7; expected an even number from 4", Map.of("relative_attention_num_buckets", 7));
    }

    @Test
    void refusesBucketsThatReachPastTheGreatestDistance() {
        assertRefused("relative_attention_max_distance: found 8; expected more than 8", Map.of("relative_attention_max_distance", 8));
    }

    private void assertRefused(String message, Map<String, Object> changes) {
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(with(changes)));
        assertEquals("text_encoder/config.json: " + message, refused.getMessage());
    }

    private Values<Meta> run(Meta ids) {
        return adapter.forward(new Scope<>(new ShapeOps(DType.FLOAT32)), tiny(), Values.of("input_ids", ids));
    }

    private static ModelConfig tiny() {
        return CheckpointFiles.config(T5EncoderAdapterTest.class, "tiny-t5-config.json");
    }

    private static ModelConfig with(Map<String, Object> changes) {
        Map<String, Object> values = new LinkedHashMap<>(tiny().asMap());
        values.putAll(changes);
        return ModelConfig.of("text_encoder/config.json", values);
    }
}
