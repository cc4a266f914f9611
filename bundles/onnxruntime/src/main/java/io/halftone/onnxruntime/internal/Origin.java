package io.halftone.onnxruntime.internal;

import io.halftone.export.EngineException;
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

/**
 * The export that an engine was built of.
 *
 * @param path   from the engine's folder
 * @param sha256 of the model file, in hexadecimal digits; the file has the digest of its data in it
 */
record Origin(String path, String sha256) {
    private static final String PATH = "halftone.engine.export";
    private static final String SHA256 = "halftone.engine.export_sha256";

    static Origin of(Path model, Path engineFile) throws IOException {
        Path folder = engineFile.toAbsolutePath().normalize().getParent();
        Path absolute = model.toAbsolutePath().normalize();
        boolean related = absolute.getRoot().equals(folder.getRoot());
        return new Origin((related ? folder.relativize(absolute) : absolute).toString(), sha256(model));
    }

    /** What an engine file keeps of it. */
    Map<String, String> facts() {
        return Map.of(PATH, path, SHA256, sha256);
    }

    /**
     * Refuses an engine whose export is still where it was, but is another one now.
     *
     * @throws EngineException with what to do
     */
    static void verify(Path engineFile, ModelGraph engine) throws IOException {
        if (engine.fact(PATH).isEmpty()) {
            return;
        }
        Path model = engineFile.toAbsolutePath().resolveSibling(engine.fact(PATH).get()).normalize();
        if (Files.isRegularFile(model) && !sha256(model).equals(engine.fact(SHA256).orElse(""))) {
            throw new EngineException(engineFile + ": found an engine of an older export; expected one of " + model
                + ", which has changed since: build it again, or move the engine elsewhere to run it as it is");
        }
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
