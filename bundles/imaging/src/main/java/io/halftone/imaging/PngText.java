package io.halftone.imaging;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;

/** The text chunks of a PNG file. Source: PNG specification, third edition, section 11.3.3 (textual information). */
final class PngText {
    /** The bytes of signature and IHDR chunk; text may come after them. */
    static final int AFTER_HEADER = 33;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int MAX_KEYWORD = 79;
    private static final int MAX_TEXT_BYTES = 64 << 20;

    private PngText() {
    }

    /** An iTXt chunk for each entry, uncompressed, in the map's order. */
    static byte[] encode(SortedMap<String, String> text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        for (Map.Entry<String, String> entry : text.entrySet()) {
            byte[] body = body(entry.getKey(), entry.getValue());
            out.writeInt(body.length);
            byte[] type = "iTXt".getBytes(StandardCharsets.ISO_8859_1);
            out.write(type);
            out.write(body);
            out.writeInt(crc(type, body));
        }
        return bytes.toByteArray();
    }

    private static byte[] body(String keyword, String text) {
        boolean printable = keyword.chars().allMatch(c -> c >= ' ' && c <= '~' || c > 0xA0 && c <= 0xFF);
        boolean spaced = !keyword.strip().equals(keyword) || keyword.contains("  ");
        if (keyword.isEmpty() || keyword.length() > MAX_KEYWORD || !printable || spaced) {
            throw new IllegalArgumentException("keyword: found \"" + keyword + "\"; expected 1 to " + MAX_KEYWORD
                + " printable Latin-1 characters with single spaces inside");
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(keyword + ": found the character 0; expected text without it");
        }
        var body = new ByteArrayOutputStream();
        body.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
        body.writeBytes(new byte[5]);   // end of keyword, not compressed, method 0, no language, no translated keyword
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    /** Reads a PNG file up to its end chunk and keeps the text. */
    static SortedMap<String, String> decode(DataInputStream in) throws IOException {
        if (!Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE)) {
            throw new IOException("no PNG signature");
        }
        SortedMap<String, String> text = new TreeMap<>();
        while (true) {
            int length = in.readInt();
            byte[] type = in.readNBytes(4);
            String name = new String(type, StandardCharsets.ISO_8859_1);
            if (length < 0) {
                throw new IOException("a chunk " + name + " of " + Integer.toUnsignedString(length) + " bytes");
            }
            switch (name) {
                case "IEND" -> {
                    return Collections.unmodifiableSortedMap(text);
                }
                case "iTXt", "tEXt", "zTXt" -> {
                    Body body = new Body(name, read(in, type, length));
                    text.put(body.upToZero(StandardCharsets.ISO_8859_1), body.text());
                }
                default -> in.skipNBytes(length + 4L);
            }
        }
    }

    private static byte[] read(DataInputStream in, byte[] type, int length) throws IOException {
        String name = new String(type, StandardCharsets.ISO_8859_1);
        if (length > MAX_TEXT_BYTES) {
            throw new IOException("a chunk " + name + " of " + length + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (in.readInt() != crc(type, body)) {
            throw new IOException("a chunk " + name + " with another checksum");
        }
        return body;
    }

    private static int crc(byte[] type, byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(body);
        return (int) crc.getValue();
    }

    /** A text chunk's content, read from the front. */
    private static final class Body {
        private final String type;
        private final byte[] bytes;
        private int at;

        Body(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        String upToZero(Charset charset) throws IOException {
            int from = at;
            while (octet() != 0) {
                continue;
            }
            return new String(bytes, from, at - 1 - from, charset);
        }

        String text() throws IOException {
            if (type.equals("tEXt")) {
                return rest(false, StandardCharsets.ISO_8859_1);
            }
            boolean compressed = type.equals("zTXt") || octet() == 1;
            int method = octet();
            if (compressed && method != 0) {
                throw new IOException("compression method " + method);
            }
            if (type.equals("zTXt")) {
                return rest(true, StandardCharsets.ISO_8859_1);
            }
            upToZero(StandardCharsets.ISO_8859_1);      // language
            upToZero(StandardCharsets.UTF_8);           // translated keyword
            return rest(compressed, StandardCharsets.UTF_8);
        }

        private int octet() throws IOException {
            if (at == bytes.length) {
                throw new IOException("a chunk " + type + " that ends early");
            }
            return bytes[at++];
        }

        private String rest(boolean compressed, Charset charset) throws IOException {
            if (!compressed) {
                return new String(bytes, at, bytes.length - at, charset);
            }
            try (var inflated = new InflaterInputStream(new ByteArrayInputStream(bytes, at, bytes.length - at))) {
                byte[] text = inflated.readNBytes(MAX_TEXT_BYTES + 1);
                if (text.length > MAX_TEXT_BYTES) {
                    throw new IOException("a chunk " + type + " of more than " + MAX_TEXT_BYTES + " bytes");
                }
                return new String(text, charset);
            }
        }
    }
}
