package io.halftone.imaging;

import io.halftone.files.Staging;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** PNG files: pictures of 8 bits a channel, and text by keyword. */
public final class Png {
    private static final String FORMAT = "png";
    private static final int CHANNELS = 3;

    private Png() {
    }

    /**
     * Writes a picture, rounded to 8 bits, and text beside it in {@code iTXt} chunks (UTF-8). There is no time in the file: the same
     * picture and text give the same bytes. It appears under its name whole, and replaces what was there.
     *
     * @param text by keyword, as {@code parameters}; a keyword has 1 to 79 printable Latin-1 characters and no space at either
     *     end or beside another
     * @throws IllegalArgumentException if a keyword is none, or a text holds the character 0
     * @throws IOException if the folder cannot be written
     */
    public static void write(Picture picture, Path file, Map<String, String> text) throws IOException {
        byte[] chunks = PngText.encode(new TreeMap<>(text));
        byte[] image = encode(picture);
        ByteBuffer bytes = ByteBuffer.allocate(image.length + chunks.length);
        bytes.put(image, 0, PngText.AFTER_HEADER).put(chunks).put(image, PngText.AFTER_HEADER, image.length - PngText.AFTER_HEADER);
        Staging.write(file, bytes.array());
    }

    /**
     * Reads a picture. Gray is spread to three channels, transparency is dropped, colour profiles and gamma are not applied.
     *
     * @throws IOException if the file cannot be read or is not PNG
     */
    public static Picture read(Path file) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(FORMAT).next();
        try (var in = new MemoryCacheImageInputStream(Files.newInputStream(file))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0), height = reader.getHeight(0);
            if (!Picture.fits(width, height)) {
                throw new IOException("a picture of " + width + "x" + height);
            }
            return picture(reader.read(0));
        } catch (IOException | RuntimeException e) {    // the decoder throws both at damaged files
            throw new IOException(file + ": found " + e + "; expected a PNG picture", e);
        } finally {
            reader.dispose();
        }
    }

    /**
     * The text that a file carries, sorted by keyword, from {@code iTXt}, {@code tEXt} and {@code zTXt} chunks. Of a keyword
     * given twice it is the last.
     *
     * @throws IOException if the file cannot be read, is not PNG, or a text is damaged
     */
    public static Map<String, String> text(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return PngText.decode(in);
        } catch (IOException e) {
            throw new IOException(file + ": found " + e + "; expected a PNG file", e);
        }
    }

    private static byte[] encode(Picture picture) throws IOException {
        int width = picture.width(), height = picture.height();
        byte[] pixels = picture.toBytes();
        int[] packed = new int[width * height];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = (pixels[CHANNELS * i] & 0xFF) << 16 | (pixels[CHANNELS * i + 1] & 0xFF) << 8 | pixels[CHANNELS * i + 2] & 0xFF;
        }
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.getRaster().setDataElements(0, 0, width, height, packed);
        var bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(FORMAT).next();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(image);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static Picture picture(BufferedImage image) {
        int width = image.getWidth(), height = image.getHeight(), area = width * height;
        float[] rgb = new float[CHANNELS * area];
        boolean palette = image.getColorModel() instanceof IndexColorModel;
        Raster raster = image.getRaster();
        boolean gray = raster.getNumBands() < CHANNELS;
        for (int i = 0; i < area; i++) {
            int x = i % width, y = i / width;
            for (int c = 0; c < CHANNELS; c++) {
                if (palette) {
                    rgb[c * area + i] = (image.getRGB(x, y) >> 8 * (CHANNELS - 1 - c) & 0xFF) / 255f;
                } else {        // the samples themselves: getRGB would bend gray by a gamma curve
                    int band = gray ? 0 : c;
                    rgb[c * area + i] = raster.getSample(x, y, band) / (float) ((1 << raster.getSampleModel().getSampleSize(band)) - 1);
                }
            }
        }
        return new Picture(width, height, rgb);
    }
}
