package io.halftone.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;

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

    private static double golden(String metric) throws IOException {
        Properties metrics = new Properties();
        try (InputStream in = ImageMetricsTest.class.getResourceAsStream("metrics.properties")) {
            metrics.load(in);
        }
        return Double.parseDouble(metrics.getProperty(metric));
    }
}
