package io.halftone.lora;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What tells of a LoRA that was fused.
 *
 * @param file   the name of the file, without its folder
 * @param sha256 of its bytes, 64 hexadecimal digits in lower case
 * @param scale  the weight that it was fused with
 */
public record LoraDigest(String file, String sha256, double scale) {
    public LoraDigest {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(file + ": sha256: found " + sha256 + "; expected 64 hexadecimal digits");
        }
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException(file + ": scale: found " + scale + "; expected a finite number");
        }
    }

    /**
     * The digest of a file; reads all of it.
     *
     * @throws CheckpointException if it cannot be read
     */
    public static LoraDigest of(Lora lora) {
        return new LoraDigest(lora.file().getFileName().toString(), sha256(lora.file()), lora.scale());
    }

    static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new CheckpointException(file + ": found " + e + "; expected a readable file", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java platform", e);
        }
    }
}
