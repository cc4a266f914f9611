package io.halftone.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Text files of one item a line. */
public final class TextLines {
    private static final int MOST_BYTES = 64 << 20;
    /** Some editors begin a file with one. */
    private static final String BYTE_ORDER_MARK = "^\uFEFF";

    private TextLines() {}

    /**
     * The lines that hold something, without white space around it.
     *
     * @param file UTF-8
     * @param item what a line is, as messages have it
     * @throws IllegalArgumentException if there is no such file, or it is a folder, larger than 64 MiB, or no UTF-8
     */
    public static List<String> read(Path file, String item) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": found a folder; expected a file of one " + item + " a line");
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(file + ": found " + Files.size(file) + " bytes; expected at most " + MOST_BYTES);
            }
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);   // a device and a pipe have no size
            if (bytes.length > MOST_BYTES) {
                throw new IllegalArgumentException(file + ": found more bytes than it tells; expected at most " + MOST_BYTES);
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().replaceFirst(BYTE_ORDER_MARK, "").lines().map(String::strip)
                .filter(line -> !line.isEmpty()).toList();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": found no file; expected a file of one " + item + " a line", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": found bytes that are no UTF-8; expected one " + item + " a line", e);
        }
    }
}
