package io.halftone.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The text of a header, read from the file by and by: a length that lies costs no memory. */
final class HeaderText extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final Header.Source source;
    private final ByteBuffer buffer;
    private final long end;
    private long at;

    /** Of the bytes from one place of the source to another. */
    HeaderText(Header.Source source, long begin, long end) {
        this.source = source;
        this.end = end;
        this.at = begin;
        this.buffer = ByteBuffer.allocate((int) Math.min(BUFFER, end - begin)).limit(0);
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (!fill()) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, buffer.remaining());
        buffer.get(to, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        if (!buffer.hasRemaining() && at < end) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
            source.read(at, buffer);
            at += buffer.position();
            buffer.flip();
        }
        return buffer.hasRemaining();
    }
}
