package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Copies of the embedded pipelines with weights that spoil what is computed with them. */
final class DamagedPipeline {
    /** Of float16; two of them make one of float32. */
    static final byte[] NAN = {(byte) 0xc0, 0x7f};

    private DamagedPipeline() {}

    /** A pipeline's own copy. */
    static Path copy(String model, Path to) throws IOException {
        Path from = Chain.MODELS.resolve(model);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    /** Gives every 16 bits of a tensor the same value. */
    static void fill(Path file, String tensor, byte[] value) throws IOException {
        fill(file, tensor, -1, value);
    }

    /** The same for a row of a matrix; for all of them where it is below 0. */
    static void fill(Path file, String tensor, int row, byte[] value) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            int header = (int) length.getLong(0);
            ByteBuffer json = ByteBuffer.allocate(header);
            channel.read(json, Long.BYTES);
            Matcher place = Pattern.compile("\"" + Pattern.quote(tensor) + "\":\\{[^}]*\"shape\":\\[(\\d+)[^}]*\"data_offsets\":\\[(\\d+),(\\d+)\\]")
                .matcher(new String(json.array(), StandardCharsets.UTF_8));
            assertTrue(place.find(), tensor);
            long begin = Long.parseLong(place.group(2));
            long all = Long.parseLong(place.group(3)) - begin;
            long one = row < 0 ? all : all / Long.parseLong(place.group(1));
            ByteBuffer bytes = ByteBuffer.allocate((int) one);
            while (bytes.hasRemaining()) {
                bytes.put(value);
            }
            channel.write(bytes.flip(), Long.BYTES + header + begin + Math.max(row, 0) * one);
        }
    }
}
