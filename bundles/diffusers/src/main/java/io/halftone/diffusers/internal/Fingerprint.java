package io.halftone.diffusers.internal;

import io.halftone.safetensors.Safetensors;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells one checkpoint from another without reading all of it: the SHA-256 of every tensor's name, type, shape, and first
 * and last bytes. The same weights in other shards have the same fingerprint.
 */
final class Fingerprint {
    /** Bytes read at each end of a tensor: training changes all of them, and a thousand tensors take no time. */
    private static final int SAMPLE = 64;

    private Fingerprint() {}

    /** Hexadecimal. */
    static String of(Safetensors weights) {
        MessageDigest digest = sha256();
        for (String name : weights.names()) {
            var info = weights.info(name);
            digest.update((name + " " + info + "\n").getBytes(StandardCharsets.UTF_8));
            int bytes = (int) Math.min(SAMPLE, info.byteLength());
            update(digest, weights, name, 0, bytes);
            update(digest, weights, name, info.byteLength() - bytes, bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, Safetensors weights, String name, long offset, int bytes) {
        ByteBuffer window = ByteBuffer.allocate(bytes);
        weights.read(name, offset, window);
        digest.update(window.flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java platform", e);
        }
    }
}
