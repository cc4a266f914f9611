package io.halftone.report;

import io.halftone.imaging.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * How pictures are put into a page.
 *
 * @param side    pixels that the longer side has at most
 * @param quality of JPEG, 0 to 1; 0 for PNG, which keeps every pixel
 */
record Inlay(int side, float quality) {
    /** From what keeps everything to what takes least. */
    static final List<Inlay> LADDER = List.of(new Inlay(Integer.MAX_VALUE, 0), new Inlay(1024, 0.9f), new Inlay(768, 0.88f), new Inlay(640,
        0.85f),
        new Inlay(512, 0.82f), new Inlay(384, 0.8f), new Inlay(256, 0.75f), new Inlay(160, 0.7f));

    /** What a reader must know. */
    String describe(int width, int height) {
        if (quality == 0) {
            return "Pictures are the PNG files, pixel by pixel.";
        }
        double scale = scale(width, height);
        String size = scale < 1 ? "shrunk to " + Math.round(width * scale) + "x" + Math.round(height * scale) + " and " : "";
        return "Pictures in this page are " + size + "stored as JPEG of quality " + Math.round(100 * quality)
            + "; figures and difference maps come of the full ones, which lie beside it.";
    }

    private double scale(int width, int height) {
        return Math.min(1, (double) side / Math.max(width, height));
    }

    /** A picture as a data URI. */
    String uri(BufferedImage picture) throws IOException {
        BufferedImage scaled = shrunk(picture);
        var bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(quality == 0 ? "png" : "jpeg").next();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam settings = writer.getDefaultWriteParam();
            if (quality > 0) {
                settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                settings.setCompressionQuality(quality);
            }
            writer.write(null, new IIOImage(scaled, null, null), settings);
        } finally {
            writer.dispose();
        }
        return (quality == 0 ? "data:image/png;base64," : "data:image/jpeg;base64,")
            + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Halved until less than twice the size is left, as one step of interpolation would leave pixels out. */
    private BufferedImage shrunk(BufferedImage picture) {
        double scale = scale(picture.getWidth(), picture.getHeight());
        BufferedImage now = picture;
        int width = (int) Math.max(1, Math.round(picture.getWidth() * scale));
        int height = (int) Math.max(1, Math.round(picture.getHeight() * scale));
        while (now.getWidth() != width || now.getHeight() != height) {
            int w = Math.max(width, (now.getWidth() + 1) / 2);
            int h = Math.max(height, (now.getHeight() + 1) / 2);
            BufferedImage smaller = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = smaller.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(now, 0, 0, w, h, null);
            graphics.dispose();
            now = smaller;
        }
        return now;
    }

    /** The picture as Java draws it. */
    static BufferedImage image(Picture picture) {
        byte[] bytes = picture.toBytes();
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < picture.width() * picture.height(); i++) {
            image.setRGB(i % picture.width(), i / picture.width(),
                (bytes[3 * i] & 255) << 16 | (bytes[3 * i + 1] & 255) << 8 | bytes[3 * i + 2] & 255);
        }
        return image;
    }
}
