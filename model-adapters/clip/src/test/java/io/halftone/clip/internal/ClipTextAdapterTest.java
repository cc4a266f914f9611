package io.halftone.clip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTextAdapterTest {
    private static final Path TINY_SDXL = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl");

    private final ClipTextAdapter adapter = new ClipTextAdapter();

    @Nested
    class WithoutProjection extends ModelAdapterContract {
        @Override
        protected ModelAdapter adapter() {
            return adapter;
        }

        @Override
        protected ModelConfig config() {
            return tiny("text_encoder");
        }
    }

    @Nested
    class WithProjection extends ModelAdapterContract {
        @Override
        protected ModelAdapter adapter() {
            return adapter;
        }

        @Override
        protected ModelConfig config() {
            return tiny("text_encoder_2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text_encoder", "text_encoder_2"})
    void asksForExactlyWhatTheCheckpointHolds(String component) {
        ShapePass pass = ShapePass.symbolic(adapter, tiny(component), DType.FLOAT16);
        assertEquals(CheckpointFiles.shapes(TINY_SDXL.resolve(component).resolve("model.fp16.safetensors")), new TreeMap<>(pass.parameters()));
    }

    @ParameterizedTest(name = "transformers {0}: {1}")
    @CsvSource({"4.32.1, text_model.final_layer_norm.bias", "5.5.4, text_model.final_layer_norm.bias",
        "5.6.0.dev0, final_layer_norm.bias", "6.0, final_layer_norm.bias"})
    void namesParametersAsTheWritersVersionDid(String version, String parameter) {
        var config = with("text_encoder", Map.of("transformers_version", version));
        assertEquals(Shape.of(48), ShapePass.symbolic(adapter, config, DType.FLOAT16).parameters().get(parameter));
    }

    @Test
    void givesTheStatesFromEmbeddingsToLastLayer() {
        assertEquals(List.of("last_hidden_state", "hidden_states.0", "hidden_states.1", "hidden_states.2", "hidden_states.3", "pooler_output"),
            adapter.signature(tiny("text_encoder")).outputs().stream().map(Port::name).toList());
    }

    @Test
    void givesTheProjectedEndInPlaceOfTheEnd() {
        var config = with("text_encoder_2", Map.of("projection_dim", 64));
        assertEquals(new Meta(Shape.of(Dim.named("batch_size"), Dim.of(64)), DType.FLOAT16),
            ShapePass.symbolic(adapter, config, DType.FLOAT16).outputs().get("text_embeds"));
    }

    @Test
    void attendsCausally() {
        var first = new Layer.Attention("encoder.layers.0.self_attn", Role.ATTENTION, 3, 16, 0.25, true);
        List<Layer> layers = ShapePass.symbolic(adapter, tiny("text_encoder"), DType.FLOAT16).layers();
        assertEquals(List.of(first), layers.stream().filter(layer -> layer.name().equals(first.name())).toList());
    }

    @Test
    void takesTheLargestIdForTheEndInEarlyConfigurations() {
        assertEquals(List.of("argmax INT64"), searches(tiny("text_encoder")));
    }

    @Test
    void takesTheFirstEndIdOtherwise() {
        assertEquals(List.of("constant 645.0", "equal", "argmax INT64"), searches(with("text_encoder", Map.of("eos_token_id", 645))));
    }

    @Test
    void takesAShorterText() {
        assertEquals(new Meta(Shape.of(2, 9, 48), DType.FLOAT32), run(new ShapeOps(DType.FLOAT32), tiny("text_encoder"), 9).get("last_hidden_state"));
    }

    @Test
    void refusesAnActivationThatItDoesNotKnow() {
        var config = with("text_encoder", Map.of("hidden_act", "relu"));
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(config));
        assertEquals("text_encoder/config.json: hidden_act: found relu; expected one of [quick_gelu, gelu]", refused.getMessage());
    }

    @Test
    void refusesHeadsThatDoNotDivideTheState() {
        var config = with("text_encoder", Map.of("num_attention_heads", 5));
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(config));
        assertEquals("text_encoder/config.json: num_attention_heads: found 5; expected a divisor of 48", refused.getMessage());
    }

    /** The integer operations by which the end of a text is found, in order. */
    private List<String> searches(ModelConfig config) {
        List<String> found = new ArrayList<>();
        run(new ForwardingOps<>(new ShapeOps(DType.FLOAT16)) {
            @Override
            public Meta constant(double value, DType type) {
                if (type == DType.INT64) {
                    found.add("constant " + value);
                }
                return super.constant(value, type);
            }

            @Override
            public Meta equal(Meta a, Meta b) {
                found.add("equal");
                return super.equal(a, b);
            }

            @Override
            public Meta argmax(Meta x, int axis) {
                found.add("argmax " + x.dtype());
                return super.argmax(x, axis);
            }
        }, config, 77);
        return found;
    }

    private Values<Meta> run(Ops<Meta> ops, ModelConfig config, long tokens) {
        return adapter.forward(new Scope<>(ops), config, Values.of("input_ids", new Meta(Shape.of(2, tokens), DType.INT64)));
    }

    private static ModelConfig tiny(String component) {
        return CheckpointFiles.config(TINY_SDXL.resolve(component).resolve("config.json"));
    }

    private static ModelConfig with(String component, Map<String, Object> changes) {
        Map<String, Object> values = new LinkedHashMap<>(tiny(component).asMap());
        values.putAll(changes);
        return ModelConfig.of(component + "/config.json", values);
    }
}
