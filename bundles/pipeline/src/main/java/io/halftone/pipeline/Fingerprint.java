package io.halftone.pipeline;

import io.halftone.ops.Parameters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells one checkpoint from another without reading all of it: the SHA-256 of every tensor's name, type, shape, and first
 * and last bytes. The same weights in other files have the same fingerprint.
 */
public final class Fingerprint {
    /** Bytes read at each end of a tensor: training changes all of them, and a thousand tensors take no time. */
    private static final int SAMPLE = 64;

    private Fingerprint() {}

    /**
     * The fingerprint of a component's weights.
     *
     * @return 64 hexadecimal digits in lower case
     * @throws io.halftone.ops.CheckpointException if a tensor cannot be read
     */
    public static String of(Parameters weights) {
        MessageDigest digest = sha256();
        for (String name : weights.names()) {
            Parameters.Info info = weights.info(name);
            digest.update((name + " " + info + "\n").getBytes(StandardCharsets.UTF_8));
            Parameters.Window window = weights.window(name);
            ByteBuffer sample = ByteBuffer.allocate((int) Math.min(SAMPLE, info.byteLength()));
            window.read(0, sample);
            digest.update(sample.flip());
            window.read(info.byteLength() - sample.capacity(), sample.clear());
            digest.update(sample.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java platform", e);
        }
    }
}
