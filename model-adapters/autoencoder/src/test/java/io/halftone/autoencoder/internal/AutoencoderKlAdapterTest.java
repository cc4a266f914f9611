package io.halftone.autoencoder.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoencoderKlAdapterTest extends ModelAdapterContract {
    private static final Path TINY_SDXL = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl/vae");

    private final AutoencoderKlAdapter adapter = new AutoencoderKlAdapter();

    @Override
    protected ModelAdapter adapter() {
        return adapter;
    }

    @Override
    protected ModelConfig config() {
        return CheckpointFiles.config(TINY_SDXL.resolve("config.json"));
    }

    @Test
    void asksForExactlyTheDecoderOfTheCheckpoint() {
        Map<String, Shape> decoder = CheckpointFiles.shapes(TINY_SDXL.resolve("diffusion_pytorch_model.fp16.safetensors"));
        decoder.keySet().removeIf(name -> name.startsWith("encoder.") || name.startsWith("quant_conv."));
        assertEquals(decoder, new TreeMap<>(ShapePass.symbolic(adapter, config(), DType.FLOAT16).parameters()));
    }

    @Test
    void makesEightPixelsOfALatent() {
        var signature = adapter.signature(config());
        assertEquals("[batch_size, 4, height, width]", signature.input("latent_sample").shape().toString());
        assertEquals("[batch_size, 3, 8*height, 8*width]", signature.outputs().get(0).shape().toString());
        assertEquals(new Extent(8, 16, 32), signature.extents().get("height"));
    }

    @Test
    void decodesPicturesOfOddSides() {
        Map<String, Long> extents = Map.of("batch_size", 1L, "height", 13L, "width", 17L);
        assertEquals(Shape.of(1, 3, 104, 136), ShapePass.sized(adapter, config(), DType.FLOAT32, extents::get).outputs().get("sample").shape());
    }

    @Test
    void attendsWithOneHead() {
        var attention = new Layer.Attention("decoder.mid_block.attentions.0", Role.ATTENTION, 1, 64, 0.125, false);
        assertEquals(List.of(attention),
            ShapePass.symbolic(adapter, config(), DType.FLOAT16).layers().stream().filter(Layer.Attention.class::isInstance).toList());
    }

    @Test
    void startsAtTheDecoderWhereThereIsNoConvolutionBeforeIt() {
        assertFalse(ShapePass.symbolic(adapter, with("use_post_quant_conv", false), DType.FLOAT16).parameters()
            .containsKey("post_quant_conv.weight"));
    }

    @Test
    void leavesOutAttentionWhereToldTo() {
        List<Layer> layers = ShapePass.symbolic(adapter, with("mid_block_add_attention", false), DType.FLOAT16).layers();
        assertFalse(layers.stream().anyMatch(layer -> layer.name().contains("attentions")));
    }

    /** That of Stable Diffusion 1, 2 and XL, that of Stable Diffusion 3 and FLUX.1, and that of 16 channels behind a convolution. */
    @ParameterizedTest(name = "{0} channels, 1x1 convolution {1}")
    @CsvSource({"4, true, 140", "16, false, 138", "16, true, 140"})
    void readsEveryLayout(long channels, boolean convolution, int parameters) {
        Map<String, Object> values = new LinkedHashMap<>(config().asMap());
        values.putAll(Map.of("latent_channels", channels, "use_post_quant_conv", convolution, "use_quant_conv", convolution,
            "block_out_channels", List.of(128, 256, 512, 512), "norm_num_groups", 32, "layers_per_block", 2));
        var config = ModelConfig.of("vae/config.json", values);
        ShapePass pass = ShapePass.symbolic(adapter, config, DType.FLOAT16);
        assertEquals(Shape.of(512, channels, 3, 3), pass.parameters().get("decoder.conv_in.weight"));
        assertEquals(convolution ? Shape.of(channels, channels, 1, 1) : null, pass.parameters().get("post_quant_conv.weight"));
        assertEquals(parameters, pass.parameters().size());
        Map<String, Long> extents = Map.of("batch_size", 2L, "height", 3L, "width", 5L);
        assertEquals(Shape.of(2, 3, 24, 40), ShapePass.sized(adapter, config, DType.FLOAT32, extents::get).outputs().get("sample").shape());
    }

    @Test
    void refusesBlocksThatItDoesNotKnow() {
        var types = List.of("UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "AttnUpDecoderBlock2D");
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(with("up_block_types", types)));
        assertEquals("vae/config.json: up_block_types: found " + types + "; expected 4 times UpDecoderBlock2D", refused.getMessage());
    }

    private ModelConfig with(String key, Object value) {
        Map<String, Object> values = new LinkedHashMap<>(config().asMap());
        values.put(key, value);
        return ModelConfig.of("vae/config.json", values);
    }
}
