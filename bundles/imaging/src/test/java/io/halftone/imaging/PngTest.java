package io.halftone.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PngTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("x.png");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Picture picture = noise(37, 23);
        Png.write(picture, file, Map.of());
        assertArrayEquals(picture.toBytes(), Png.read(file).toBytes());
    }

    @Test
    void readsTextThatItWrote() throws IOException {
        Map<String, String> text = Map.of("halftone", "{\"prompt\":\"a \u2192 caf\u00e9 \ud83c\udf3b\"}\n", "parameters", "",
            "Gr\u00f6\u00dfe", "1");
        Png.write(noise(4, 4), file, text);
        assertEquals(text, Png.text(file));
        assertEquals(List.of("Gr\u00f6\u00dfe", "halftone", "parameters"), List.copyOf(Png.text(file).keySet()));
    }

    @Test
    void keepsThePictureBesideItsText() throws IOException {
        Picture picture = noise(5, 7);
        Png.write(picture, file, Map.of("halftone", "{}"));
        assertArrayEquals(picture.toBytes(), Png.read(file).toBytes());
    }

    @Test
    void writesTheSameBytesForTheSameContent() throws IOException {
        Map<String, String> forth = new LinkedHashMap<>(), back = new LinkedHashMap<>();
        forth.put("a", "1");
        forth.put("b", "2");
        back.put("b", "2");
        back.put("a", "1");
        Png.write(noise(8, 8), file, forth);
        byte[] first = Files.readAllBytes(file);
        Png.write(noise(8, 8), file, back);
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    @Test
    void writesNoTimeAndNoOtherChunk() throws IOException {
        Png.write(noise(8, 8), file, Map.of("a", "1"));
        assertEquals(List.of("IHDR", "iTXt", "IDAT", "IEND"), chunks(Files.readAllBytes(file)));
    }

    @Test
    void replacesFileAndLeavesNothingElse() throws IOException {
        Png.write(noise(8, 8), file, Map.of("a", "1"));
        Png.write(noise(2, 2), file, Map.of());
        assertEquals(2, Png.read(file).width());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " a", "a ", "a  b", "a\nb", "\u00a0", "\u0416"})
    void refusesKeywordThatPngDoesNotAllow(String keyword) {
        var e = assertThrows(IllegalArgumentException.class, () -> Png.write(noise(1, 1), file, Map.of(keyword, "x")));
        assertEquals("keyword: found \"" + keyword + "\"; expected 1 to 79 printable Latin-1 characters with single spaces inside",
            e.getMessage());
    }

    @Test
    void refusesKeywordOf80Characters() throws IOException {
        Png.write(noise(1, 1), file, Map.of("k".repeat(79), "x"));
        assertThrows(IllegalArgumentException.class, () -> Png.write(noise(1, 1), file, Map.of("k".repeat(80), "x")));
    }

    @Test
    void refusesTextWithTheCharacterZero() {
        var e = assertThrows(IllegalArgumentException.class, () -> Png.write(noise(1, 1), file, Map.of("a", "x\0y")));
        assertEquals("a: found the character 0; expected text without it", e.getMessage());
    }

    @Test
    void makesAFolderThatIsMissing() throws IOException {
        Path inside = folder.resolve("none").resolve("x.png");
        Png.write(noise(1, 1), inside, Map.of());
        assertTrue(Files.isRegularFile(inside));
    }

    @Test
    void leavesNothingWhereItCannotWrite() throws IOException {
        Files.createDirectories(file.resolve("occupied"));
        var e = assertThrows(IOException.class, () -> Png.write(noise(1, 1), file, Map.of()));
        assertEquals(file + ": found a folder; expected the path of a file", e.getMessage());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    /** The formula of make_goldens.py; band is the sample that channel c comes from. */
    @ParameterizedTest
    @CsvSource({"gray4.png, 4, true", "gray8.png, 8, true", "gray-alpha8.png, 8, true", "rgb8.png, 8, false", "rgb16.png, 16, false",
        "rgba8.png, 8, false"})
    void readsSamplesAsTheyAre(String name, int depth, boolean gray) throws IOException {
        Picture picture = Png.read(golden(name));
        int max = (1 << depth) - 1;
        float[] expected = new float[3 * 15];
        for (int i = 0; i < expected.length; i++) {
            int band = gray ? 0 : i / 15;
            expected[i] = (37 * (i % 15) + 101 * band + 5 & max) / (float) max;
        }
        assertEquals(5, picture.width());
        assertEquals(3, picture.height());
        assertArrayEquals(expected, picture.rgb());
    }

    @Test
    void readsPalette() throws IOException {
        byte[] pixels = Png.read(golden("palette4.png")).toBytes();
        for (int i = 0; i < 15; i++) {
            int index = (37 * i + 5) % 16;
            byte[] colour = {(byte) index, (byte) (255 - index), (byte) (2 * index)};
            assertArrayEquals(colour, Arrays.copyOfRange(pixels, 3 * i, 3 * i + 3));
        }
    }

    @Test
    void readsTextOfEveryKind() throws IOException {
        assertEquals(Map.of("plain", "caf\u00e9", "packed", "long ".repeat(50), "wide", "\u2192 \u00e9", "wide packed", "\u2192 \u00e9"),
            Png.text(golden("text.png")));
    }

    @Test
    void hasNoTextWhereTheFileHasNone() throws IOException {
        assertEquals(Map.of(), Png.text(golden("rgb8.png")));
    }

    @Test
    void refusesToReadWhatIsNotPng() throws IOException {
        Files.writeString(file, "GIF89a, or not even that");
        var picture = assertThrows(IOException.class, () -> Png.read(file));
        assertTrue(picture.getMessage().endsWith("; expected a PNG picture"), picture.getMessage());
        var text = assertThrows(IOException.class, () -> Png.text(file));
        assertEquals(file + ": found java.io.IOException: no PNG signature; expected a PNG file", text.getMessage());
    }

    @Test
    void refusesMissingFile() {
        var e = assertThrows(IOException.class, () -> Png.read(file));
        assertEquals(file + ": found java.nio.file.NoSuchFileException: " + file + "; expected a PNG picture", e.getMessage());
    }

    @Test
    void refusesTruncatedFile() throws IOException {
        Png.write(noise(64, 64), file, Map.of("a", "1"));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThrows(IOException.class, () -> Png.read(file));
        var e = assertThrows(IOException.class, () -> Png.text(file));
        assertEquals(file + ": found java.io.EOFException; expected a PNG file", e.getMessage());
    }

    @Test
    void refusesDamagedText() throws IOException {
        Png.write(noise(4, 4), file, Map.of("halftone", "recipe"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[33 + 8 + 15]++;
        Files.write(file, bytes);
        var e = assertThrows(IOException.class, () -> Png.text(file));
        assertEquals(file + ": found java.io.IOException: a chunk iTXt with another checksum; expected a PNG file", e.getMessage());
    }

    @Test
    void refusesTextChunkTooLongToBeOne() throws IOException {
        Png.write(noise(4, 4), file, Map.of("a", "1"));
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).putInt(33, Integer.MAX_VALUE);
        Files.write(file, bytes);
        var e = assertThrows(IOException.class, () -> Png.text(file));
        assertEquals(file + ": found java.io.IOException: a chunk iTXt of 2147483647 bytes; expected a PNG file", e.getMessage());
    }

    @Test
    void refusesPictureTooLargeForMemory() throws IOException {
        byte[] bytes = Files.readAllBytes(golden("rgb8.png"));
        CRC32 crc = new CRC32();
        crc.update(ByteBuffer.wrap(bytes).putInt(16, 1 << 20).putInt(20, 1 << 20).slice(12, 17));
        ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
        Files.write(file, bytes);
        var e = assertThrows(IOException.class, () -> Png.read(file));
        assertEquals(file + ": found java.io.IOException: a picture of 1048576x1048576; expected a PNG picture", e.getMessage());
    }

    private Path golden(String name) throws IOException {
        try (InputStream in = PngTest.class.getResourceAsStream(name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    private static Picture noise(int width, int height) {
        Random random = new Random(20260101);
        float[] rgb = new float[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = random.nextFloat();
        }
        return new Picture(width, height, rgb);
    }

    private static List<String> chunks(byte[] png) {
        List<String> names = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(png).position(8);
        while (bytes.hasRemaining()) {
            int length = bytes.getInt();
            byte[] name = new byte[4];
            bytes.get(name);
            names.add(new String(name, StandardCharsets.ISO_8859_1));
            bytes.position(bytes.position() + length + 4);
        }
        return names;
    }
}
