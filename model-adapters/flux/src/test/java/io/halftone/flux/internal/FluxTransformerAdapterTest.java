package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.ForwardingOps;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FluxTransformerAdapterTest extends ModelAdapterContract {
    private final FluxTransformerAdapter adapter = new FluxTransformerAdapter();

    @Override
    protected ModelAdapter adapter() {
        return adapter;
    }

    @Override
    protected ModelConfig config() {
        return config("tiny-flux");
    }

    @Test
    void asksForExactlyWhatTheCheckpointOfTinyFluxHolds() {
        assertEquals(CheckpointFiles.shapes(getClass(), "tiny-flux-transformer-shapes.json"), new TreeMap<>(pass("tiny-flux").parameters()));
    }

    @ParameterizedTest(name = "{0} has {1} linear layers and {2} attentions")
    @CsvSource({"flux-dev, 504, 57", "flux-schnell, 502, 57"})
    void hasAsManyLayersAsThePublishedModel(String model, int linears, int attentions) {
        List<Layer> layers = pass(model).layers();
        assertEquals(0, layers.stream().filter(Layer.Conv.class::isInstance).count());
        assertEquals(linears, layers.stream().filter(Layer.Linear.class::isInstance).count());
        assertEquals(attentions, layers.stream().filter(Layer.Attention.class::isInstance).count());
    }

    @Test
    void saysWhatEachLayerOfFluxDevIsFor() {
        Map<Role, Long> byRole = pass("flux-dev").layers().stream().collect(Collectors.groupingBy(Layer::role, Collectors.counting()));
        assertEquals(Map.of(Role.INPUT, 1L, Role.EMBEDDING, 7L, Role.MODULATION, 76L, Role.QKV, 228L, Role.ATTENTION, 57L,
            Role.ATTENTION_OUTPUT, 38L, Role.FEED_FORWARD, 152L, Role.OUTPUT, 2L), byRole);
    }

    @Test
    void embedsGuidanceOnlyWhereTheModelDoes() {
        assertTrue(pass("flux-dev").parameters().containsKey("time_text_embed.guidance_embedder.linear_1.weight"));
        assertFalse(pass("flux-schnell").parameters().containsKey("time_text_embed.guidance_embedder.linear_1.weight"));
        assertEquals(List.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "img_ids", "txt_ids"),
            adapter.signature(config("flux-schnell")).inputs().stream().map(Port::name).toList());
    }

    @Test
    void namesItsInputsAndOutputAsTheExportedFileDoes() {
        var signature = adapter.signature(config("flux-dev"));
        assertEquals(List.of("hidden_states [batch_size, latent_dim, 64] BFLOAT16",
            "encoder_hidden_states [batch_size, sequence_length, 4096] BFLOAT16", "pooled_projections [batch_size, 768] BFLOAT16",
            "timestep [batch_size] BFLOAT16", "img_ids [latent_dim, 3] FLOAT32", "txt_ids [sequence_length, 3] FLOAT32",
            "guidance [batch_size] FLOAT32"), signature.inputs().stream().map(FluxTransformerAdapterTest::text).toList());
        assertEquals(List.of("latent [batch_size, latent_dim, 64] BFLOAT16"),
            signature.outputs().stream().map(FluxTransformerAdapterTest::text).toList());
        assertEquals(new Extent(1, 4096, 16384), signature.extents().get("latent_dim"));
        assertEquals(new Extent(1, 512, 512), signature.extents().get("sequence_length"));
    }

    /** Source: NVIDIA Model Optimizer, diffusers example, release 0.21, profiles of its TensorRT engines. */
    @Test
    void isBuiltForThePublishedEnginesShapes() {
        assertEquals(Map.of("batch_size", new Extent(1, 1, 1), "latent_dim", new Extent(4096, 4096, 4096), "sequence_length",
            new Extent(512, 512, 512)), adapter.signature(config("flux-dev")).profile());
    }

    @Test
    void takesPlacesWithABatchBeforeThemOnDemand() {
        var config = with("ids-rank", 3);
        List<String> inputs = adapter.signature(config).inputs().stream().map(FluxTransformerAdapterTest::text).toList();
        assertTrue(inputs.containsAll(List.of("img_ids [batch_size, latent_dim, 3] FLOAT32", "txt_ids [batch_size, sequence_length, 3] FLOAT32")),
            inputs.toString());
        ShapePass pass = ShapePass.symbolic(adapter, config, DType.FLOAT16);
        assertEquals(ShapePass.symbolic(adapter, config(), DType.FLOAT16).outputs().asMap(), pass.outputs().asMap());
        assertEquals(Set.of("ids-rank"), adapter.options());
    }

    @Test
    void refusesPlacesOfAnotherRank() {
        assertEquals("ids-rank: found 4; expected 2 or 3",
            assertThrows(IllegalArgumentException.class, () -> adapter.signature(with("ids-rank", 4))).getMessage());
    }

    private ModelConfig with(String key, Object value) {
        Map<String, Object> values = new LinkedHashMap<>(config().asMap());
        values.put(key, value);
        return ModelConfig.of("transformer/config.json", values);
    }

    private static String text(Port port) {
        return port.name() + " " + port.shape() + " " + port.type(DType.BFLOAT16);
    }

    @Test
    void joinsTextBeforeImage() {
        List<List<Long>> joined = new ArrayList<>();
        var noting = new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT32)) {
            @Override
            public Meta concat(int axis, List<Meta> parts) {
                if (axis == 1 && parts.get(0).shape().rank() == 4) {
                    joined.add(parts.stream().map(part -> part.shape().dim(axis).size()).toList());
                }
                return super.concat(axis, parts);
            }
        };
        var text = new Meta(Shape.of(2, 7, 96), DType.FLOAT32);
        var image = new Meta(Shape.of(2, 80, 96), DType.FLOAT32);
        var temb = new Meta(Shape.of(2, 96), DType.FLOAT32);
        Rotary<Meta> rope = Rotary.of(noting, new Meta(Shape.of(87, 3), DType.FLOAT32), List.of(8, 12, 12));
        List<Meta> both = new DoubleBlock(3).apply(new Scope<>(noting), text, image, temb, rope);
        assertEquals(Collections.nCopies(3, List.of(7L, 80L)), joined);
        assertEquals(List.of(text, image), both);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"FLOAT16, true", "BFLOAT16, false", "FLOAT32, false"})
    void clipsEachBlockInFloat16Alone(DType type, boolean clips) {
        List<Double> limits = new ArrayList<>();
        var noting = new ForwardingOps<Meta>(new ShapeOps(type)) {
            @Override
            public Meta clamp(Meta x, double min, double max) {
                limits.add(min);
                limits.add(max);
                return super.clamp(x, min, max);
            }
        };
        Map<String, Meta> inputs = new LinkedHashMap<>();
        adapter.signature(config()).inputs().forEach(port -> inputs.put(port.name(), new Meta(port.shape(), port.type(type))));
        adapter.forward(new Scope<>(noting), config(), Values.of(inputs));
        List<Double> expected = new ArrayList<>();
        for (int block = 0; clips && block < 2 + 4; block++) {
            expected.addAll(List.of(-65504.0, 65504.0));
        }
        assertEquals(expected, limits);
    }

    @Test
    void takesTheImageFromBehindTheTextWithoutPadding() {
        List<String> slices = new ArrayList<>();
        var noting = new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT32)) {
            @Override
            public Meta slice(Meta x, int axis, Dim start, Dim end) {
                if (axis == 1 && x.shape().rank() == 3) {
                    slices.add(start + " to " + end + " of " + x.shape().dim(1));
                }
                return super.slice(x, axis, start, end);
            }

            @Override
            public Meta pad(Meta x, int axis, long before, long behind) {
                throw new AssertionError("padded");
            }
        };
        Map<String, Meta> inputs = new LinkedHashMap<>();
        adapter.signature(config()).inputs().forEach(port -> inputs.put(port.name(), new Meta(port.shape(), port.type(DType.FLOAT32))));
        adapter.forward(new Scope<>(noting), config(), Values.of(inputs));
        String image = "sequence_length to latent_dim+sequence_length of latent_dim+sequence_length";
        String text = "0 to sequence_length of latent_dim+sequence_length";
        // in each of two double blocks, and once behind the single ones
        assertEquals(List.of(image, text, image, text, image), slices);
    }

    @ParameterizedTest(name = "{0} image tokens, {1} text tokens")
    @CsvSource({"1, 1", "63, 77", "65, 512", "4096, 256"})
    void takesPicturesAndTextsOfAnySize(long tokens, long words) {
        Map<String, Long> extents = Map.of("batch_size", 3L, "latent_dim", tokens, "sequence_length", words);
        assertEquals(Shape.of(3, tokens, 64), ShapePass.sized(adapter, config(), DType.FLOAT16, extents::get).outputs().get("latent").shape());
    }

    @Test
    void takesTextsOfAnyLength() {
        Map<String, Meta> inputs = new LinkedHashMap<>();
        inputs.put("hidden_states", new Meta(Shape.of(2, 70, 64), DType.FLOAT32));
        inputs.put("encoder_hidden_states", new Meta(Shape.of(2, 11, 112), DType.FLOAT32));
        inputs.put("pooled_projections", new Meta(Shape.of(2, 48), DType.FLOAT32));
        inputs.put("timestep", new Meta(Shape.of(2), DType.FLOAT32));
        inputs.put("img_ids", new Meta(Shape.of(70, 3), DType.FLOAT32));
        inputs.put("txt_ids", new Meta(Shape.of(11, 3), DType.FLOAT32));
        inputs.put("guidance", new Meta(Shape.of(2), DType.FLOAT32));
        var outputs = adapter.forward(new Scope<>(new ShapeOps(DType.FLOAT32)), config(), Values.of(inputs));
        assertEquals(Shape.of(2, 70, 64), outputs.get("latent").shape());
    }

    @Test
    void refusesPatchesOfSeveralTokens() {
        assertRefused("patch_size", 2, "patch_size: found 2; expected 1");
    }

    @Test
    void refusesTurnsOfOtherElementsThanAHeadHas() {
        assertRefused("axes_dims_rope", List.of(8, 12, 14),
            "axes_dims_rope: found [8, 12, 14]; expected three even numbers that add up to attention_head_dim, 32");
        assertRefused("axes_dims_rope", List.of(7, 13, 12),
            "axes_dims_rope: found [7, 13, 12]; expected three even numbers that add up to attention_head_dim, 32");
        assertRefused("axes_dims_rope", List.of(16, 16),
            "axes_dims_rope: found [16, 16]; expected three even numbers that add up to attention_head_dim, 32");
    }

    private void assertRefused(String key, Object value, String message) {
        var changed = with(key, value);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(changed));
        assertEquals("transformer/config.json: " + message, refused.getMessage());
    }

    private ShapePass pass(String model) {
        return ShapePass.symbolic(adapter, config(model), DType.BFLOAT16);
    }

    private ModelConfig config(String model) {
        return CheckpointFiles.config(getClass(), model + "-transformer-config.json");
    }
}
