package io.halftone.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file read at positions by several threads. The interrupt of one reader closes its channel, by the rules of NIO; the
 * others then go on with a new one, provided that the file is still the one that was opened.
 */
final class WindowedFile implements Header.Source, AutoCloseable {
    /** What tells one file from another that took its path. */
    private record Identity(Object key, long size, FileTime modified) {
        static Identity of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Identity(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    private final Path path;
    private final Identity identity;
    private volatile FileChannel channel;
    private volatile boolean closed;

    private WindowedFile(Path path, Identity identity, FileChannel channel) {
        this.path = path;
        this.identity = identity;
        this.channel = channel;
    }

    static WindowedFile open(Path path) throws IOException {
        return new WindowedFile(path, Identity.of(path), FileChannel.open(path, StandardOpenOption.READ));
    }

    /** The bytes of the file when it was opened. */
    @Override
    public long size() {
        return identity.size();
    }

    /**
     * Fills the window from that position of the file.
     *
     * @throws IllegalStateException after {@link #close}
     */
    @Override
    public void read(long position, ByteBuffer window) throws IOException {
        long at = position;
        while (window.hasRemaining()) {
            FileChannel current = channel;
            try {
                int count = current.read(window, at);
                if (count < 0) {
                    throw new EOFException("end of file at byte " + at);
                }
                at += count;
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (ClosedChannelException e) {
                reopen(current);
            }
        }
    }

    private synchronized void reopen(FileChannel gone) throws IOException {
        if (closed) {
            throw new IllegalStateException(path + ": found a closed checkpoint; expected an open one");
        }
        if (channel == gone) {
            FileChannel again = FileChannel.open(path, StandardOpenOption.READ);
            if (!Identity.of(path).equals(identity)) {
                again.close();
                throw new IOException("another file than the one opened");
            }
            channel = again;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }
}
