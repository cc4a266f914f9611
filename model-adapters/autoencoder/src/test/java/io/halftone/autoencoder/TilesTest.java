package io.halftone.autoencoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilesTest {
    private static final int FACTOR = 2;

    /** From (1, 1, height, width) of latents, by a decoder over plain arrays. */
    private static float[] decode(Tiles tiles, float[] latents, int height, int width, UnaryOperator<float[][]> decoder) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T z = ops.constant(latents, Shape.of(1, 1, height, width), DType.FLOAT32);
                T picture = tiles.decode(ops, z, tile -> {
                    long[] sizes = ops.shape(tile).sizes();
                    float[][] pixels = decoder.apply(square(ops.toFloats(tile), (int) sizes[2], (int) sizes[3]));
                    return ops.constant(flat(pixels), Shape.of(1, 1, pixels.length, pixels[0].length), DType.FLOAT32);
                });
                assertEquals(Shape.of(1, 1, tiles.factor() * height, tiles.factor() * width), ops.shape(picture));
                return ops.toFloats(picture);
            }
        });
    }

    private static float[][] square(float[] values, int height, int width) {
        float[][] rows = new float[height][width];
        for (int y = 0; y < height; y++) {
            System.arraycopy(values, y * width, rows[y], 0, width);
        }
        return rows;
    }

    private static float[] flat(float[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int y = 0; y < rows.length; y++) {
            System.arraycopy(rows[y], 0, values, y * rows[0].length, rows[0].length);
        }
        return values;
    }

    /** Each latent becomes a square of pixels of its own: nothing depends on a neighbour. */
    private static float[][] enlarged(float[][] z) {
        float[][] pixels = new float[FACTOR * z.length][FACTOR * z[0].length];
        for (int y = 0; y < pixels.length; y++) {
            for (int x = 0; x < pixels[0].length; x++) {
                pixels[y][x] = 3 * z[y / FACTOR][x / FACTOR] - 1;
            }
        }
        return pixels;
    }

    /** The mean of a tile beside each of its values: everything depends on where the seams are. */
    private static float[][] leaning(float[][] z) {
        double sum = 0;
        for (float[] row : z) {
            for (float value : row) {
                sum += value;
            }
        }
        float[][] pixels = enlarged(z);
        for (float[] row : pixels) {
            for (int x = 0; x < row.length; x++) {
                row[x] += (float) (sum / (z.length * z[0].length));
            }
        }
        return pixels;
    }

    private static float[] random(int count) {
        Random random = new Random(4);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @ParameterizedTest(name = "{0} by {1} latents in tiles of {2}")
    @CsvSource({"9, 8, 8", "8, 9, 8", "16, 16, 8", "17, 31, 8", "13, 5, 4", "11, 29, 12", "7, 9, 2", "10, 10, 6", "5, 3, 1"})
    void makesThePictureOfALocalDecoderWhole(int height, int width, int side) {
        float[] latents = random(height * width);
        float[] whole = flat(enlarged(square(latents, height, width)));
        float[] found = decode(new Tiles(side, FACTOR), latents, height, width, TilesTest::enlarged);
        // both sides of a seam are equal; two weights that are 1 together are rounded to 24 bits
        assertArrayEquals(whole, found, 4e-6f);
    }

    /** Each pixel of the picture on its own, in float64, by what the source does to the tiles' pixels one after the other. */
    @ParameterizedTest(name = "{0} by {1} latents in tiles of {2}")
    @CsvSource({"9, 8, 8", "16, 16, 8", "17, 31, 8", "13, 5, 4", "11, 29, 12", "20, 20, 8"})
    void fadesNeighboursIntoEachOther(int height, int width, int side) {
        float[] latents = random(height * width);
        float[] found = decode(new Tiles(side, FACTOR), latents, height, width, TilesTest::leaning);
        var source = new Source(square(latents, height, width), side);
        int kept = FACTOR * source.stride();
        for (int y = 0; y < FACTOR * height; y++) {
            for (int x = 0; x < FACTOR * width; x++) {
                double expected = source.pixel(y / kept, x / kept, y % kept, x % kept);
                assertEquals(expected, found[y * FACTOR * width + x], 1e-5, "row " + y + ", column " + x);
            }
        }
    }

    /** diffusers, autoencoder_kl.py: a tile is mixed with the one above it, as that one was left, and then with the one left of it. */
    private record Source(float[][] latents, int side) {
        int stride() {
            return side / 4 * 3;
        }

        double pixel(int row, int column, int y, int x) {
            float[][] tile = tile(row, column);
            double value = tile[y][x];
            if (row > 0) {
                int above = tile(row - 1, column).length;
                int shared = Math.min(Math.min(above, tile.length), FACTOR * side / 4);
                double share = (double) y / shared;
                value = y < shared ? pixel(row - 1, column, above - shared + y, x) * (1 - share) + value * share : value;
            }
            if (column > 0) {
                int left = tile(row, column - 1)[0].length;
                int shared = Math.min(Math.min(left, tile[0].length), FACTOR * side / 4);
                double share = (double) x / shared;
                value = x < shared ? pixel(row, column - 1, y, left - shared + x) * (1 - share) + value * share : value;
            }
            return value;
        }

        private float[][] tile(int row, int column) {
            int top = row * stride();
            int left = column * stride();
            float[][] tile = new float[Math.min(side, latents.length - top)][];
            for (int y = 0; y < tile.length; y++) {
                tile[y] = Arrays.copyOfRange(latents[top + y], left, Math.min(left + side, latents[0].length));
            }
            return leaning(tile);
        }
    }

    @Test
    void growsTheShareOfTheTileBehindFromNothing() {
        // tiles of 4 latents that are 0 and 1 all over; the second begins at latent 3 and shares 2 pixels
        float[] found = decode(new Tiles(4, FACTOR), new float[7], 1, 7, new UnaryOperator<>() {
            private int tile;

            @Override
            public float[][] apply(float[][] z) {
                float[][] pixels = new float[FACTOR * z.length][FACTOR * z[0].length];
                for (float[] row : pixels) {
                    Arrays.fill(row, tile);
                }
                tile++;
                return pixels;
            }
        });
        float[] row = {0, 0, 0, 0, 0, 0, 0, 0.5f, 1, 1, 1, 1, 1, 1.5f};
        assertArrayEquals(flat(new float[][] {row, row}), found);
    }

    @Test
    void decodesWholeWhatFitsIntoATile() {
        Tensors.run(DType.FLOAT32, new Tensors.Work<Void>() {
            @Override
            public <T> Void with(EagerOps<T> ops) {
                T z = ops.constant(new float[64], Shape.of(1, 1, 8, 8), DType.FLOAT32);
                assertSame(z, new Tiles(8, 1).decode(ops, z, tile -> {
                    assertSame(z, tile);
                    return tile;
                }));
                return null;
            }
        });
    }

    @Test
    void takesItsSideFromTheSizeThatTheDecoderWasMadeFor() {
        assertEquals(new Tiles(128, 8), of(Map.of("block_out_channels", List.of(1, 1, 1, 1), "sample_size", 1024)));
        assertEquals(new Tiles(24, 4), of(Map.of("block_out_channels", List.of(1, 1, 1), "sample_size", List.of(96, 128))));
        assertEquals(new Tiles(4, 8), of(Map.of("block_out_channels", List.of(1, 1, 1, 1))));
    }

    @Test
    void refusesTilesOfLessThanALatent() {
        var refused = assertThrows(IllegalArgumentException.class,
            () -> of(Map.of("block_out_channels", List.of(1, 1, 1, 1), "sample_size", 7)));
        assertEquals("vae/config.json: sample_size: found 7; expected at least 8, the pixels of one latent", refused.getMessage());
    }

    private static Tiles of(Map<String, ?> config) {
        return Tiles.of(ModelConfig.of("vae/config.json", config));
    }
}
