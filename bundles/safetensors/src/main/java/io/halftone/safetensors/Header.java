package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.Parameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A header that has passed every check: what the file holds, and where.
 *
 * @param dataStart where the tensors begin, in bytes from the start of the file
 * @param tensors by name
 * @param metadata the text entries, by key
 */
record Header(long dataStart, SortedMap<String, Entry> tensors, SortedMap<String, String> metadata) {
    /** The most bytes that a header may have; the limit of the reference implementation. */
    static final int LIMIT = 100_000_000;

    /** The bytes of the length that comes before the header. */
    static final int LENGTH_BYTES = 8;

    /** The key that is no tensor. */
    static final String METADATA = "__metadata__";

    /**
     * A tensor of the file.
     *
     * @param begin its first byte, counted from the first of the data
     * @param end the byte after its last
     */
    record Entry(Parameters.Info info, long begin, long end) {}

    /**
     * Reads and checks the header; nothing is allocated on the word of a length that the file does not bear out.
     *
     * @throws CheckpointException if any part of the header is not as the format asks
     */
    static Header read(Path path, WindowedFile file) throws IOException {
        if (file.size() < LENGTH_BYTES) {
            throw new CheckpointException(path + ": found " + file.size() + " bytes; expected at least " + LENGTH_BYTES);
        }
        ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(0, length);
        long headerBytes = length.getLong(0);
        if (headerBytes < 0 || headerBytes > LIMIT) {
            throw new CheckpointException(path + ": found a header of " + Long.toUnsignedString(headerBytes)
                + " bytes; expected at most " + LIMIT);
        }
        long dataStart = LENGTH_BYTES + headerBytes;
        if (dataStart > file.size()) {
            throw new CheckpointException(path + ": found a header of " + headerBytes + " bytes; expected at most the "
                + (file.size() - LENGTH_BYTES) + " that the file has");
        }
        ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
        file.read(LENGTH_BYTES, text);
        Header header = new HeaderParser(path, text.array()).parse(dataStart);
        header.checkLayout(path, file.size() - dataStart);
        return header;
    }

    /** Tensors lie one after the other and fill the data: no gap, no overlap, nothing beyond, nothing behind. */
    private void checkLayout(Path path, long dataBytes) {
        List<Map.Entry<String, Entry>> inOrder = tensors.entrySet().stream()
            .sorted(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()))
            .toList();
        long at = 0;
        for (Map.Entry<String, Entry> tensor : inOrder) {
            long begin = tensor.getValue().begin(), end = tensor.getValue().end();
            if (begin != at) {
                throw new CheckpointException(path + ": " + tensor.getKey() + ": found data_offsets [" + begin + ", " + end + "], "
                    + (begin < at ? "an overlap" : "a gap") + "; expected them to begin at " + at);
            }
            if (end > dataBytes) {
                throw new CheckpointException(path + ": " + tensor.getKey() + ": found data_offsets [" + begin + ", " + end
                    + "] in a file with " + dataBytes + " data bytes; expected a file that holds them (is it truncated?)");
            }
            at = end;
        }
        if (at != dataBytes) {
            throw new CheckpointException(path + ": found " + (dataBytes - at) + " bytes after the last tensor; expected none");
        }
    }
}
