package io.halftone.onnxruntime.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** What an engine keeps of the export that it was built of: no path, so that it is the same wherever either lies. */
final class Origin {
    private static final String SHA256 = "halftone.engine.export_sha256";

    private Origin() {}

    /** The SHA-256 of a model file, in hexadecimal digits; the file has the digest of its data in it. */
    static Map<String, String> facts(Path model) throws IOException {
        return Map.of(SHA256, sha256(model));
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found no such digest; expected the one that every Java has", e);
        }
    }
}
