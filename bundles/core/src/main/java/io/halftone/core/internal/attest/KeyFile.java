package io.halftone.core.internal.attest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Ed25519 keys in PEM files, as {@code openssl genpkey -algorithm ed25519} and {@code openssl pkey -pubout} write them. */
final class KeyFile {
    private static final String ALGORITHM = "Ed25519";
    private static final long MAX_BYTES = 1 << 16;

    private KeyFile() {}

    /**
     * A private key, PKCS 8.
     *
     * @throws IllegalArgumentException if the file holds none; says nothing of its content
     */
    static PrivateKey secret(Path file) throws IOException {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(decoded(file, "PRIVATE KEY")));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + ": found another kind of private key; expected an Ed25519 key", e);
        }
    }

    /**
     * A public key, X.509.
     *
     * @throws IllegalArgumentException if the file holds none
     */
    static PublicKey open(Path file) throws IOException {
        try {
            return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(decoded(file, "PUBLIC KEY")));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + ": found another kind of public key; expected an Ed25519 key", e);
        }
    }

    private static byte[] decoded(Path file, String kind) throws IOException {
        String begin = "-----BEGIN " + kind + "-----";
        String end = "-----END " + kind + "-----";
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + ": found " + (Files.exists(file) ? "no file" : "nothing") + "; expected an Ed25519 key in PEM");
        }
        String text = Files.size(file) > MAX_BYTES ? "" : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        int from = text.indexOf(begin);
        int to = from < 0 ? from : text.indexOf(end, from + begin.length());
        if (to < 0) {
            throw new IllegalArgumentException(file + ": found no " + begin + "; expected an Ed25519 key in PEM");
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": found " + e.getMessage() + "; expected base64 between " + begin + " and " + end, e);
        }
    }
}
