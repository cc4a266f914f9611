package io.halftone.cluster.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the members of a cluster have in common: a key made from the secret and the cluster's name. It makes tags of messages (HMAC,
 * RFC 2104, with SHA-256), which nobody makes who does not know the secret. For several threads.
 */
final class ClusterKey {
    /** Bytes of a tag. */
    static final int TAG = 32;
    /** Makes guessing a secret from a tag that was overheard slow (RFC 8018, PBKDF2). */
    private static final int ITERATIONS = 100_000;
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    private ClusterKey(byte[] key) {
        this.key = new SecretKeySpec(key, HMAC);
    }

    /** The key of a cluster. */
    static ClusterKey of(ClusterSettings settings) {
        byte[] salt = ("halftone cluster " + settings.name()).getBytes(StandardCharsets.UTF_8);
        // a password may not be empty; no secret is the same as a public one
        String secret = settings.secret().isEmpty() ? "none" : settings.secret();
        try {
            PBEKeySpec spec = new PBEKeySpec(secret.toCharArray(), salt, ITERATIONS, TAG * Byte.SIZE);
            return new ClusterKey(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);   // every Java has it
        }
    }

    /**
     * The tag of a message.
     *
     * @param label what the message is for: a tag for one thing is none for another
     * @param parts of the message; where one ends and the next begins counts
     */
    byte[] tag(String label, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            update(mac, label.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                update(mac, part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void update(Mac mac, byte[] part) {
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        mac.update(part);
    }

    /** Whether a tag is that of a message; takes as long whatever is wrong. */
    boolean isTag(byte[] tag, String label, byte[]... parts) {
        return MessageDigest.isEqual(tag, tag(label, parts));
    }
}
