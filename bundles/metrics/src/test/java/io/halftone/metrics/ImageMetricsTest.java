package io.halftone.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.imaging.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageMetricsTest {
    private static final int HEIGHT = 20;
    private static final int WIDTH = 24;

    /** Both sides compute in float64 from the same float32 values; they add in another order. */
    private static final double TOLERANCE = 1e-11;

    @Test
    void psnrIsThatOfTheGolden() throws IOException {
        assertEquals(golden("psnr"), ImageMetrics.psnr(picture("a.f32"), picture("b.f32")), TOLERANCE);
    }

    @Test
    void ssimIsThatOfTheGolden() throws IOException {
        assertEquals(golden("ssim"), ImageMetrics.ssim(picture("a.f32"), picture("b.f32")), TOLERANCE);
    }

    /** Both draw the same picture by a formula, whose sines may differ in the last bit. */
    @ParameterizedTest
    @CsvSource({"161, 170, 5", "128, 131, 4", "41, 44, 3", "20, 24, 1"})
    void msSsimIsThatOfTheGoldenWithAsManyScalesAsFit(int height, int width, int scales) throws IOException {
        MsSsim found = ImageMetrics.msSsim(waves(height, width, false), waves(height, width, true));
        assertEquals(golden("ms-ssim." + height + "x" + width), found.value(), 1e-6);
        assertEquals(scales, found.scales());
        assertEquals(scales == 5 ? 1.0001 : 1, found.weights().stream().mapToDouble(Double::doubleValue).sum(), 1e-12);
    }

    @Test
    void msSsimOfEqualPicturesIsOne() {
        assertEquals(1, ImageMetrics.msSsim(waves(41, 44, true), waves(41, 44, true)).value());
    }

    @Test
    void msSsimHasItsFiveScalesFrom161Pixels() {
        assertEquals(5, MsSsim.weights(161).size());
        assertEquals(4, MsSsim.weights(160).size());
        assertEquals(1, MsSsim.weights(11).size());
    }

    @Test
    void aVectorsErrorIsThatOfTheGolden() throws IOException {
        VectorError error = VectorError.of(picture("a.f32").rgb(), picture("b.f32").rgb());
        assertEquals(golden("cosine"), error.cosine(), TOLERANCE);
        assertEquals(golden("relative"), error.relative(), TOLERANCE);
    }

    @Test
    void refusesAReferenceOfZeros() {
        var e = assertThrows(IllegalArgumentException.class, () -> VectorError.of(new float[2], new float[] {1, 2}));
        assertEquals("vector: found squared norms of 0.0 and 5.0; expected finite ones, the first over 0", e.getMessage());
    }

    @Test
    void doesNotDependOnWhichIsTheReference() throws IOException {
        Picture a = picture("a.f32"), b = picture("b.f32");
        assertEquals(ImageMetrics.psnr(a, b), ImageMetrics.psnr(b, a));
        assertEquals(ImageMetrics.ssim(a, b), ImageMetrics.ssim(b, a), TOLERANCE);
    }

    @Test
    void psnrOfEqualPicturesIsInfinite() throws IOException {
        assertEquals(Double.POSITIVE_INFINITY, ImageMetrics.psnr(picture("a.f32"), picture("a.f32")));
    }

    @Test
    void psnrOfATenthEverywhereIs20Decibels() {
        assertEquals(20, ImageMetrics.psnr(flat(2, 3, 0.5f), flat(2, 3, 0.6f)), 1e-5);      // 0.1 in float32
    }

    @Test
    void ssimOfEqualPicturesIsOne() throws IOException {
        assertEquals(1, ImageMetrics.ssim(picture("a.f32"), picture("a.f32")));
    }

    @Test
    void ssimOfBlackAndWhiteIsWhatTheConstantsLeave() {
        double c1 = 1e-4;
        assertEquals(c1 / (1 + c1), ImageMetrics.ssim(flat(11, 11, 0), flat(11, 11, 1)), TOLERANCE);
    }

    @Test
    void refusesSizesThatDiffer() {
        var psnr = assertThrows(IllegalArgumentException.class, () -> ImageMetrics.psnr(flat(11, 12, 0), flat(12, 11, 0)));
        assertEquals("psnr: found 11x12 and 12x11; expected pictures of one size", psnr.getMessage());
        var ssim = assertThrows(IllegalArgumentException.class, () -> ImageMetrics.ssim(flat(11, 12, 0), flat(12, 11, 0)));
        assertEquals("ssim: found 11x12 and 12x11; expected pictures of one size", ssim.getMessage());
    }

    @Test
    void refusesSsimOfPicturesSmallerThanItsWindow() {
        var e = assertThrows(IllegalArgumentException.class, () -> ImageMetrics.ssim(flat(10, 64, 0), flat(10, 64, 0)));
        assertEquals("ssim: found 10x64; expected at least 11x11, the size of its window", e.getMessage());
    }

    private static Picture waves(int height, int width, boolean disturbed) {
        float[] rgb = new float[3 * height * width];
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double value = 0.5 + 0.4 * Math.sin(0.11 * x + c) * Math.cos(0.07 * y - c);
                    double change = 0.1 * Math.sin(1.3 * x * y / 50.0 + 2 * c) + 0.02 * c;
                    rgb[(c * height + y) * width + x] = (float) (disturbed ? value + change : value);
                }
            }
        }
        return new Picture(width, height, rgb);
    }

    private static Picture flat(int width, int height, float value) {
        float[] rgb = new float[3 * width * height];
        Arrays.fill(rgb, value);
        return new Picture(width, height, rgb);
    }

    private static Picture picture(String name) throws IOException {
        try (InputStream in = ImageMetricsTest.class.getResourceAsStream(name)) {
            float[] values = new float[3 * HEIGHT * WIDTH];
            ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return Picture.fromPlanar(values, 0, HEIGHT, WIDTH);
        }
    }

    static double golden(String metric) throws IOException {
        Properties metrics = new Properties();
        try (InputStream in = ImageMetricsTest.class.getResourceAsStream("metrics.properties")) {
            metrics.load(in);
        }
        return Double.parseDouble(metrics.getProperty(metric));
    }
}
