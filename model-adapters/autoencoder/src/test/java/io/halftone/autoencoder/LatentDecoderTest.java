package io.halftone.autoencoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.testkit.FakeComponents;
import io.halftone.testkit.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatentDecoderTest {
    /** What a decoder in that type, which changes nothing, is given of two latents in each of two channels, and what comes of it. */
    private static float[][] decode(DType type, Map<String, Object> vae, float... latents) {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("block_out_channels", List.of(16)));
        all.putAll(vae);
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[][] with(EagerOps<T> ops) {
                float[][] found = new float[2][];
                var parts = new FakeComponents<>(ops, FakeComponents.config(Map.of(), Map.of("vae", all)))
                    .with("vae", type, inputs -> {
                        found[0] = ops.toFloats(inputs.get("latent_sample"));
                        return Values.of("sample", ops.cast(inputs.get("latent_sample"), type));
                    });
                T pictures = new LatentDecoder(parts.config().component("vae"))
                    .decode(parts, ops.constant(latents, Shape.of(1, 2, 1, 2), DType.FLOAT32));
                assertEquals(DType.FLOAT32, ops.dtype(pictures));
                found[1] = ops.toFloats(pictures);
                return found;
            }
        });
    }

    @Test
    void undoesTheScale() {
        assertArrayEquals(new float[] {0, 4, -8, 0.5f}, decode(DType.FLOAT32, Map.of("scaling_factor", 0.25), 0, 1, -2, 0.125f)[0]);
    }

    @Test
    void takesTheScaleOfDiffusersWhereNothingIsSaid() {
        assertArrayEquals(new float[] {0, 1 / 0.18215f, 0, 0}, decode(DType.FLOAT32, Map.of(), 0, 1, 0, 0)[0]);
    }

    @Test
    void addsTheShiftBehindTheScale() {
        assertArrayEquals(new float[] {0.5f, 4.5f, -7.5f, 1},
            decode(DType.FLOAT32, Map.of("scaling_factor", 0.25, "shift_factor", 0.5), 0, 1, -2, 0.125f)[0]);
    }

    @Test
    void undoesTheNormalizationOfEachChannel() {
        Map<String, Object> vae = Map.of("scaling_factor", 0.5, "latents_mean", List.of(1, -1), "latents_std", List.of(2, 3));
        // latent * std / scale + mean
        assertArrayEquals(new float[] {1, 5, -13, 5}, decode(DType.FLOAT32, vae, 0, 1, -2, 1)[0]);
    }

    @Test
    void doesNotNormalizeByAMeanAlone() {
        assertArrayEquals(new float[] {0, 2, -4, 2},
            decode(DType.FLOAT32, Map.of("scaling_factor", 0.5, "latents_mean", List.of(1, -1)), 0, 1, -2, 1)[0]);
    }

    @Test
    void refusesANormalizationOfOtherChannels() {
        Map<String, Object> vae = Map.of("latents_mean", List.of(1, 2, 3), "latents_std", List.of(5, 6));
        var refused = assertThrows(IllegalArgumentException.class, () -> decode(DType.FLOAT32, vae, 0, 0, 0, 0));
        assertEquals("vae/config.json: latents_mean: found [1, 2, 3]; expected 2 numbers", refused.getMessage());
    }

    @Test
    void bringsPicturesToZeroToOne() {
        assertArrayEquals(new float[] {0.5f, 0.75f, 0, 1}, decode(DType.FLOAT32, Map.of("scaling_factor", 1), 0, 0.5f, -1.5f, 1)[1]);
    }

    @Test
    void bringsWhatAHalfPrecisionDecoderGivesToFloats() {
        // 1/3 in float16 is 0.33325195
        float[] pictures = decode(DType.FLOAT16, Map.of("scaling_factor", 1), 1 / 3f, 0, 0, 0)[1];
        assertArrayEquals(new float[] {0.666625975f, 0.5f, 0.5f, 0.5f}, pictures);
    }

    @Test
    void decodesTileByTileOnlyWhereAskedToAndNeeded() {
        assertEquals(List.of(1, 3, 1), List.of(runs(false, 9), runs(true, 9), runs(true, 4)));
    }

    /** How often the decoder runs for 1 by that many latents, in tiles of 4. */
    private static int runs(boolean tiled, int width) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> Integer with(EagerOps<T> ops) {
                Map<String, Object> vae = Map.of("block_out_channels", List.of(16), "sample_size", 4, "scaling_factor", 0.5);
                var parts = new FakeComponents<>(ops, FakeComponents.config(Map.of(), Map.of("vae", vae)))
                    .with("vae", DType.FLOAT32, inputs -> Values.of("sample", inputs.get("latent_sample")));
                var decoding = tiled ? parts.tiled() : parts;
                float[] latents = new float[width];
                Arrays.fill(latents, 0.25f);
                float[] pictures = ops.toFloats(new LatentDecoder(parts.config().component("vae"))
                    .decode(decoding, ops.constant(latents, Shape.of(1, 1, 1, width), DType.FLOAT32)));
                float[] expected = new float[width];
                Arrays.fill(expected, 0.75f);
                assertArrayEquals(expected, pictures);
                return parts.runs().size();
            }
        });
    }
}
