package io.halftone.onnx.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The file beside the model that holds its large tensors, one behind the other. Written once, front to back. */
final class ExternalData implements AutoCloseable {
    /** Offsets are multiples of a page, so that a runtime can map the tensors. */
    static final int ALIGNMENT = 4096;

    private final FileChannel channel;
    private final MessageDigest digest;
    private long end;

    ExternalData(Path file) throws IOException {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found no such digest; expected the one that every Java has", e);
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Writes a tensor and returns its offset. */
    long append(byte[] tensor) throws IOException {
        long offset = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.wrap(tensor);
        while (bytes.hasRemaining()) {
            channel.write(bytes, offset + bytes.position());
        }
        end = offset + tensor.length;
        digest.update(tensor);
        return offset;
    }

    /** SHA-256 of the tensors, without what lies between them, in hexadecimal digits. Called once, at the end. */
    String digest() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Waits until everything is on the disk. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
