package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.core.internal.plan.Scan;
import io.halftone.imaging.Picture;
import io.halftone.metrics.ClipScore;
import io.halftone.metrics.Lpips;
import io.halftone.metrics.LpipsNetwork;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.testkit.ComputedParameters;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that look at pictures, over weights that a formula gives, against {@code perceptual.py}. */
class PerceptualTest {
    /** The golden is computed in float64. */
    private static final double TOLERANCE = 1e-5;

    /** A small CLIP, as a folder's config.json would have it. */
    static final Map<String, Object> CLIP = Map.of("architectures", List.of("CLIPModel"), "projection_dim", 16,
        "text_config", Map.of("hidden_size", 20, "num_attention_heads", 2, "intermediate_size", 40, "num_hidden_layers", 2,
            "max_position_embeddings", 8, "vocab_size", 50, "eos_token_id", 49),
        "vision_config", Map.of("hidden_size", 24, "num_attention_heads", 3, "intermediate_size", 48, "num_hidden_layers", 2, "image_size",
        32,
            "patch_size", 8));

    @ParameterizedTest
    @EnumSource(LpipsNetwork.class)
    void lpipsIsThatOfTheGolden(LpipsNetwork network) throws Exception {
        Parameters parameters = weights(network.parameters());
        assertEquals(network, LpipsNetwork.of("weights", parameters));
        double[] found = {0, 0};
        Chain.RUNTIME.run(new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) {
                var lpips = new Lpips<>(context.ops(parameters, DType.FLOAT32), network);
                found[0] = lpips.distance(waves(false), waves(true));
                found[1] = lpips.distance(waves(true), waves(true));
                return null;
            }
        });
        assertEquals(golden().path(network.name().toLowerCase(java.util.Locale.ROOT)).doubleValue(), found[0], TOLERANCE);
        assertEquals(0, found[1]);
    }

    @Test
    void refusesWeightsOfAnotherNetwork() {
        Map<String, Shape> shapes = new TreeMap<>(LpipsNetwork.ALEX.parameters());
        shapes.remove("lin4.model.1.weight");
        shapes.put("net.slice2.3.bias", Shape.of(3));
        assertEquals("weights (AlexNet): net.slice2.3.bias: found [3] FLOAT32; expected [192]; lin4.model.1.weight: found none; expected [1, 256, 1, 1]",
            assertThrows(CheckpointException.class, () -> LpipsNetwork.of("weights", weights(shapes))).getMessage());
    }

    @Test
    void picturesAreResizedAsPillowDoes() throws Exception {
        float[] pixels = ClipScore.pixels(waves(true), 32);
        JsonNode golden = golden().path("pixels");
        int i = 0;
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 32; y += 11) {
                for (int x = 0; x < 32; x += 13) {
                    assertEquals(golden.get(i++).doubleValue(), pixels[(c * 32 + y) * 32 + x], TOLERANCE);
                }
            }
        }
        assertEquals(golden.size(), i);
    }

    @Test
    void clipEmbedsTextsAndPicturesAsTheGoldenDoes() throws Exception {
        ModelConfig config = ModelConfig.of("config.json", CLIP);
        ModelAdapter adapter = Chain.PLUGINS.models().get("CLIPModel");
        Parameters parameters = weights(Scan.of(adapter, config).parameters());
        float[][] found = new float[2][];
        long[] ids = new ObjectMapper().convertValue(golden().path("ids"), long[].class);
        Chain.RUNTIME.run(new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) {
                EagerOps<T> ops = context.ops(parameters, DType.FLOAT32);
                Values<T> outputs = adapter.forward(new Scope<>(ops), config, Values.of(Map.of(
                    "input_ids", ops.load(TensorView.ofLongs(ids, 1, ids.length)),
                    "pixel_values", ops.constant(ClipScore.pixels(waves(true), 32), Shape.of(1, 3, 32, 32), DType.FLOAT32))));
                found[0] = ops.toFloats(outputs.get("image_embeds"));
                found[1] = ops.toFloats(outputs.get("text_embeds"));
                return null;
            }
        });
        for (int i = 0; i < 16; i++) {
            assertEquals(golden().path("image").get(i).doubleValue(), found[0][i], TOLERANCE);
            assertEquals(golden().path("text").get(i).doubleValue(), found[1][i], TOLERANCE);
        }
        // of embeddings that are right to 1e-5, times 100
        assertEquals(golden().path("score").doubleValue(), ClipScore.of(found[0], found[1]), 100 * TOLERANCE);
    }

    private static JsonNode golden() throws Exception {
        return new ObjectMapper().readTree(Path.of("src/test/resources/perceptual/perceptual.json").toFile());
    }

    /** By the script's formula. */
    static Parameters weights(Map<String, Shape> shapes) {
        return new ComputedParameters(shapes, (name, shape, index) -> {
            double phase = Math.sin(0.7071 * index + name.length());
            if (name.startsWith("lin")) {
                return 1 + phase;
            }
            if (shape.rank() == 1) {
                boolean norm = name.endsWith("norm.weight") || name.contains("norm1.weight") || name.contains("norm2.weight");
                return (norm ? 1 : 0) + 0.1 * phase;
            }
            double fan = (double) shape.count().size() / shape.dim(0).size();
            return 2 / Math.sqrt(fan) * phase;
        });
    }

    private static Picture waves(boolean disturbed) {
        int height = 64;
        int width = 70;
        float[] rgb = new float[3 * height * width];
        for (int i = 0; i < rgb.length; i++) {
            int c = i / (height * width);
            int y = i / width % height;
            int x = i % width;
            double value = 0.5 + 0.4 * Math.sin(0.11 * x + c) * Math.cos(0.07 * y - c);
            rgb[i] = (float) (disturbed ? value + 0.1 * Math.sin(1.3 * x * y / 50.0 + 2 * c) + 0.02 * c : value);
        }
        return new Picture(width, height, rgb);
    }
}
