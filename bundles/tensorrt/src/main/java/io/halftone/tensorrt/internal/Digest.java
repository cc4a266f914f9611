package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 that grows. */
final class Digest {
    private static final int WINDOW = 1 << 20;

    private final MessageDigest digest;

    Digest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none in this Java; expected one", e);
        }
    }

    /** Adds what is left of a buffer, which is then empty. */
    void add(ByteBuffer bytes) {
        digest.update(bytes);
    }

    void add(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer window = ByteBuffer.allocate(WINDOW);
            while (channel.read(window.clear()) >= 0) {
                digest.update(window.flip());
            }
        }
    }

    /** What was added so far, hexadecimal; ends the digest. */
    String text() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
