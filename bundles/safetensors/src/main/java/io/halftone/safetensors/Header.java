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

    /** The most tensors that a file may have: all shards together of the largest checkpoints published have half as many. */
    static final int TENSORS = 200_000;

    /** The most characters of a tensor's name. */
    static final int NAME = 1024;

    /** The most axes of a tensor; as many as numpy has. */
    static final int AXES = 64;

    /** The most characters of all metadata together. */
    static final int METADATA_TEXT = 16 << 20;

    /** The bytes of the length that comes before the header. */
    static final int LENGTH_BYTES = 8;

    /** The key that is no tensor. */
    static final String METADATA = "__metadata__";

    /** Bytes that are read by their place. */
    interface Source {
        /** How many there are. */
        long size();

        /** Fills the window from that place on. */
        void read(long position, ByteBuffer window) throws IOException;
    }

    /**
     * A tensor of the file.
     *
     * @param begin its first byte, counted from the first of the data
     * @param end the byte after its last
     */
    record Entry(Parameters.Info info, long begin, long end) {}

    /**
     * Reads and checks the header, as a stream: nothing is allocated on the word of a length, and what is kept of the text is
     * no more than {@link #TENSORS} entries and {@link #METADATA_TEXT} characters.
     *
     * @throws CheckpointException if any part of the header is not as the format asks
     */
    static Header read(Path path, Source file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate((int) Math.min(ForeignFile.HEAD, file.size())).order(ByteOrder.LITTLE_ENDIAN);
        file.read(0, head);
        boolean begins = head.limit() > LENGTH_BYTES && head.get(LENGTH_BYTES) == '{';
        if (!begins) {
            ForeignFile.of(path, head.array()).ifPresent(found -> {
                throw new CheckpointException(path + ": " + found);
            });
        }
        if (file.size() < LENGTH_BYTES) {
            throw new CheckpointException(path + ": found " + file.size() + " bytes; expected at least " + LENGTH_BYTES);
        }
        long headerBytes = head.getLong(0);
        if (headerBytes < 0 || headerBytes > LIMIT) {
            throw new CheckpointException(path + ": found a header of " + Long.toUnsignedString(headerBytes)
                + " bytes; expected at most " + LIMIT);
        }
        long dataStart = LENGTH_BYTES + headerBytes;
        if (dataStart > file.size()) {
            throw new CheckpointException(path + ": found a header of " + headerBytes + " bytes; expected at most the "
                + (file.size() - LENGTH_BYTES) + " that the file has");
        }
        if (!begins || headerBytes == 0) {
            throw new CheckpointException(path + ": header: found no { at its start; expected a JSON object");
        }
        Header header = new HeaderParser(path).parse(new HeaderText(file, LENGTH_BYTES, dataStart), dataStart);
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
            int unit = tensor.getValue().info().dtype().bytes();
            if (begin % unit != 0) {
                throw new CheckpointException(path + ": " + tensor.getKey() + ": found data_offsets [" + begin + ", " + end
                    + "]; expected a begin that is a multiple of " + unit + ", the bytes of a " + tensor.getValue().info().dtype());
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
