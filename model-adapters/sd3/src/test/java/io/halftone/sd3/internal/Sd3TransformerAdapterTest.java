package io.halftone.sd3.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import io.halftone.testkit.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Sd3TransformerAdapterTest extends ModelAdapterContract {
    private final Sd3TransformerAdapter adapter = new Sd3TransformerAdapter();

    @Override
    protected ModelAdapter adapter() {
        return adapter;
    }

    @Override
    protected ModelConfig config() {
        return config("tiny-sd3");
    }

    @Test
    void asksForExactlyWhatTheCheckpointOfTinySd3Holds() {
        assertEquals(CheckpointFiles.shapes(getClass(), "tiny-sd3-transformer-shapes.json"), new TreeMap<>(pass("tiny-sd3").parameters()));
    }

    @Test
    void hasAsManyLayersAsThePublishedModel() {
        List<Layer> layers = pass("sd3-medium").layers();
        assertEquals(1, layers.stream().filter(Layer.Conv.class::isInstance).count());
        assertEquals(340, layers.stream().filter(Layer.Linear.class::isInstance).count());
        assertEquals(24, layers.stream().filter(Layer.Attention.class::isInstance).count());
    }

    @Test
    void saysWhatEachLayerOfSd3MediumIsFor() {
        Map<Role, Long> byRole = pass("sd3-medium").layers().stream().collect(Collectors.groupingBy(Layer::role, Collectors.counting()));
        assertEquals(Map.of(Role.INPUT, 1L, Role.EMBEDDING, 5L, Role.MODULATION, 48L, Role.QKV, 144L, Role.ATTENTION, 24L,
            Role.ATTENTION_OUTPUT, 47L, Role.FEED_FORWARD, 94L, Role.OUTPUT, 2L), byRole);
    }

    @Test
    void leavesTheTextBehindInTheLastBlock() {
        Map<String, Shape> parameters = pass("sd3-medium").parameters();
        assertEquals(Shape.of(2 * 1536, 1536), parameters.get("transformer_blocks.23.norm1_context.linear.weight"));
        assertEquals(Shape.of(1536, 1536), parameters.get("transformer_blocks.23.attn.add_q_proj.weight"));
        assertFalse(parameters.containsKey("transformer_blocks.23.attn.to_add_out.weight"));
        assertFalse(parameters.containsKey("transformer_blocks.23.ff_context.net.2.weight"));
    }

    @Test
    void attendsTwiceInTheFirstBlocksOfSd35Medium() {
        ShapePass pass = pass("sd3.5-medium");
        assertEquals(24 + 13, pass.layers().stream().filter(Layer.Attention.class::isInstance).count());
        assertEquals(Shape.of(9 * 1536, 1536), pass.parameters().get("transformer_blocks.12.norm1.linear.weight"));
        assertEquals(Shape.of(6 * 1536, 1536), pass.parameters().get("transformer_blocks.13.norm1.linear.weight"));
        assertTrue(pass.parameters().containsKey("transformer_blocks.12.attn2.to_out.0.bias"));
        assertFalse(pass.parameters().containsKey("transformer_blocks.13.attn2.to_out.0.bias"));
    }

    @Test
    void normalizesQueriesAndKeysOfSd35() {
        Map<String, Shape> parameters = pass("sd3.5-medium").parameters();
        for (String norm : List.of("attn.norm_q", "attn.norm_k", "attn.norm_added_q", "attn.norm_added_k", "attn2.norm_q", "attn2.norm_k")) {
            assertEquals(Shape.of(64), parameters.get("transformer_blocks.0." + norm + ".weight"), norm);
        }
        assertFalse(pass("sd3-medium").parameters().containsKey("transformer_blocks.0.attn.norm_q.weight"));
    }

    @Test
    void attendsToImageTokensBeforeTextTokens() {
        List<List<Long>> joined = new ArrayList<>();
        var noting = new ForwardingOps<Meta>(new ShapeOps(DType.FLOAT32)) {
            @Override
            public Meta concat(int axis, List<Meta> parts) {
                joined.add(parts.stream().map(part -> part.shape().dim(axis).size()).toList());
                return super.concat(axis, parts);
            }
        };
        var image = new Meta(Shape.of(2, 80, 96), DType.FLOAT32);
        var text = new Meta(Shape.of(2, 7, 96), DType.FLOAT32);
        List<Meta> attended = new JointAttention(6, 16, false).joint(new Scope<>(noting), image, text, true);
        assertEquals(List.of(80L, 7L), joined.get(1), "keys");
        assertEquals(List.of(80L, 7L), joined.get(2), "values");
        assertEquals(List.of(image, text), attended);
    }

    @ParameterizedTest(name = "{0} by {1} latents, {2} text tokens")
    @CsvSource({"2, 2, 1", "2, 48, 77", "16, 20, 333", "30, 18, 589", "17, 21, 333"})
    void takesLatentsOfUnequalSidesAndTextsOfAnyLength(long height, long width, long words) {
        Map<String, Long> extents = Map.of("batch_size", 3L, "height", height, "width", width, "sequence_length", words, "steps", 1L);
        assertEquals(Shape.of(3, 16, height / 2 * 2, width / 2 * 2),
            ShapePass.sized(adapter, config(), DType.FLOAT32, extents::get).outputs().get("sample").shape());
    }

    @Test
    void namesItsInputsAndOutputAsTheExportedFileDoes() {
        var signature = adapter.signature(config("sd3-medium"));
        assertEquals(List.of("hidden_states [batch_size, 16, height, width]", "encoder_hidden_states [batch_size, sequence_length, 4096]",
            "pooled_projections [batch_size, 2048]", "timestep [steps]"), signature.inputs().stream().map(Sd3TransformerAdapterTest::text).toList());
        assertEquals(List.of("sample [batch_size, 16, 2*floor((height)/2), 2*floor((width)/2)]"),
            signature.outputs().stream().map(Sd3TransformerAdapterTest::text).toList());
        assertEquals(new Extent(2, 128, 256), signature.extents().get("height"));
        assertEquals(new Extent(1, 333, 589), signature.extents().get("sequence_length"));
    }

    /** Source: NVIDIA Model Optimizer, diffusers example, release 0.21, profiles of its TensorRT engines. */
    @Test
    void isBuiltForThePublishedEnginesShapes() {
        var batch = new Extent(2, 16, 16);
        var side = new Extent(128, 128, 128);
        assertEquals(Map.of("batch_size", batch, "height", side, "width", side, "steps", batch, "sequence_length", new Extent(333, 333, 333)),
            adapter.signature(config("sd3-medium")).profile());
    }

    private static String text(Port port) {
        return port.name() + " " + port.shape();
    }

    @ParameterizedTest(name = "{0} by {1} latents: rows from {2}, columns from {3}")
    @CsvSource({"16, 16, 8, 8", "48, 48, 0, 0", "18, 20, 7, 7", "17, 46, 8, 0", "2, 2, 11, 11", "2, 48, 11, 0"})
    void takesPositionsFromTheMiddleOfTheGrid(long height, long width, int top, int left) {
        float[] ids = Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T latents = ops.expand(ops.constant(new float[1], Shape.of(1, 1, 1, 1), DType.FLOAT32), Shape.of(1, 16, height, width));
                T tokens = new PatchEmbedding(Sd3Config.of(config())).apply(new Scope<>(new NumberedGrid<>(ops)), latents);
                return ops.toFloats(ops.slice(tokens, 2, 0, 1));
            }
        });
        int rows = (int) height / 2;
        int columns = (int) width / 2;
        float[] expected = new float[rows * columns];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (top + i / columns) * 24 + left + i % columns;
        }
        assertArrayEquals(expected, ids);
    }

    /** A grid whose embeddings are the numbers of their places; all other parameters are zeros. */
    private static final class NumberedGrid<T> extends ForwardingOps<T> {
        NumberedGrid(EagerOps<T> target) {
            super(target);
        }

        @Override
        public T parameter(String name, Shape shape) {
            float[] values = new float[Math.toIntExact(shape.count().size())];
            for (int i = 0; name.endsWith("pos_embed") && i < values.length; i++) {
                values[i] = i / (int) shape.dim(2).size();
            }
            return constant(values, shape, DType.FLOAT32);
        }

        @Override
        public T conv(Layer.Conv layer, T x) {
            T weight = parameter(layer.name() + ".weight", layer.weightShape());
            return conv(x, weight, parameter(layer.name() + ".bias", Shape.of(layer.out())), layer);
        }
    }

    @Test
    void refusesPicturesLargerThanTheGrid() {
        Map<String, Long> extents = Map.of("batch_size", 1L, "height", 16L, "width", 50L, "sequence_length", 333L, "steps", 1L);
        var refused = assertThrows(IllegalArgumentException.class, () -> ShapePass.sized(adapter, config(), DType.FLOAT32, extents::get));
        assertEquals("pos_embed: width: found 25 patches; expected at most 24", refused.getMessage());
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', value = {
        "qk_norm | layer_norm | found layer_norm; expected one of [rms_norm]",
        "caption_projection_dim | 128 | found 128; expected 96, 6 heads of 16",
        "pos_embed_max_size | 7 | found 7; expected at least 8, as sample_size has patches",
    })
    void refusesWhatItCannotCompute(String key, String value, String expected) {
        Map<String, Object> values = new LinkedHashMap<>(config().asMap());
        values.put(key, value.matches("\\d+") ? Integer.valueOf(value) : value);
        var changed = ModelConfig.of("transformer/config.json", values);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(changed));
        assertEquals("transformer/config.json: " + key + ": " + expected, refused.getMessage());
    }

    private ShapePass pass(String model) {
        return ShapePass.symbolic(adapter, config(model), DType.FLOAT16);
    }

    private ModelConfig config(String model) {
        return CheckpointFiles.config(getClass(), model + "-transformer-config.json");
    }
}
