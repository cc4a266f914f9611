package io.halftone.onnx.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** The file beside the model that holds its large tensors, one behind the other. First all are named, then they are made and written. */
final class ExternalData implements AutoCloseable {
    /** Offsets are multiples of a page, so that a runtime can map the tensors. */
    static final int ALIGNMENT = 4096;

    private final FileChannel channel;
    private final Assembly.Bounds bounds;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private int grain;
    private long end;

    /** A tensor and its place. */
    record Entry(long offset, Content content) {}

    ExternalData(Path file) throws IOException {
        this(file, Assembly.Bounds.usual());
    }

    ExternalData(Path file, Assembly.Bounds bounds) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.bounds = bounds;
    }

    /** Gives a tensor its offset. */
    long append(Content tensor) {
        long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        entries.add(new Entry(offset, tensor));
        grain = Math.max(grain, tensor.grain());
        end = offset + tensor.length();
        return offset;
    }

    /**
     * Makes and writes all of them, and waits until everything is on the disk. Called once, at the end.
     *
     * @return SHA-256 of the file, in hexadecimal digits
     */
    String write() throws IOException {
        try (Assembly assembly = new Assembly(channel, end, grain, bounds)) {
            String digest = assembly.write(entries);
            channel.force(true);
            return digest;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
