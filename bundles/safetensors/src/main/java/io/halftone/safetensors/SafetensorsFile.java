package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One safetensors file: eight bytes of header length, a JSON header, the tensors. The file is read by window and never
 * mapped, so that it can be replaced or deleted while a tensor of it is in use.
 */
public final class SafetensorsFile implements Safetensors {
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path path;
    private final WindowedFile file;
    private final Header header;

    private SafetensorsFile(Path path, WindowedFile file, Header header) {
        this.path = path;
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file and checks its header whole: the length, the text, every type, shape and extent, and that the tensors
     * fill the file with neither gap nor overlap.
     *
     * @throws CheckpointException if there is no such file, it cannot be read, or it is not safetensors
     */
    public static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": found " + (Files.exists(path) ? "no regular file" : "nothing")
                + "; expected a safetensors file");
        }
        try {
            WindowedFile file = WindowedFile.open(path);
            try {
                return new SafetensorsFile(path, file, Header.read(path, file));
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CheckpointException(path + ": found " + e + "; expected a readable file", e);
        }
    }

    /** The path that the file was opened by. */
    public Path path() {
        return path;
    }

    @Override
    public List<Path> files() {
        return List.of(path);
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Set<String> names() {
        return header.tensors().keySet();
    }

    @Override
    public Info info(String name) {
        return entry(name).info();
    }

    @Override
    public TensorView read(String name) {
        Info info = info(name);
        long bytes = info.byteLength();
        if (bytes > Integer.MAX_VALUE) {
            throw new CheckpointException(path + ": " + name + ": found " + bytes + " bytes; expected at most " + Integer.MAX_VALUE
                + " for one buffer");
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) bytes);
        read(name, 0, buffer);
        return TensorView.host(info.dtype(), info.shape(), buffer.flip());
    }

    @Override
    public void read(String name, long offset, ByteBuffer window) {
        Header.Entry entry = entry(name);
        long length = entry.end() - entry.begin();
        if (offset < 0 || offset > length || window.remaining() > length - offset) {
            throw new IllegalArgumentException(path + ": " + name + ": found a window of " + window.remaining() + " bytes at " + offset
                + "; expected one within " + length + " bytes");
        }
        try {
            file.read(header.dataStart() + entry.begin() + offset, window);
        } catch (IOException e) {
            throw new CheckpointException(path + ": " + name + ": found " + e + "; expected " + length + " readable bytes", e);
        }
    }

    @Override
    public void transfer(String name, WritableByteChannel target) throws IOException {
        long length = info(name).byteLength();
        ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(length, CHUNK_BYTES));
        for (long at = 0; at < length; at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(length - at, CHUNK_BYTES));
            read(name, at, chunk);
            chunk.flip();
            while (chunk.hasRemaining()) {
                target.write(chunk);
            }
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": found " + e + "; expected to close it", e);
        }
    }

    private Header.Entry entry(String name) {
        Header.Entry entry = header.tensors().get(name);
        if (entry == null) {
            throw new CheckpointException(path + ": " + name + ": found no such tensor; expected one of " + header.tensors().size());
        }
        return entry;
    }
}
