package io.halftone.core.internal.attest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.ops.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * A signed statement: a DSSE envelope (v1) with an Ed25519 signature, as in-toto and its tools have it.
 *
 * @param payload   the statement's bytes
 * @param signature of the pre-authentication encoding of type and payload
 */
record Envelope(byte[] payload, byte[] signature) {
    static final String SUFFIX = ".intoto.jsonl";
    static final String TYPE = "application/vnd.in-toto+json";
    private static final String ALGORITHM = "Ed25519";

    /** The envelope's file beside an artifact of that name. */
    static Path file(Path artifact) {
        return artifact.resolveSibling(artifact.getFileName() + SUFFIX);
    }

    /** Signs a statement. */
    static Envelope sign(byte[] payload, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(key);
        signature.update(encoded(payload));
        return new Envelope(payload, signature.sign());
    }

    /** Whether the signature is of that key and of this payload. */
    boolean isOf(PublicKey key) {
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(encoded(payload));
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;   // a signature of the wrong length, or a key that is none
        }
    }

    /** DSSEv1, then length and bytes of the type and of the payload, separated by blanks. */
    static byte[] encoded(byte[] payload) {
        var out = new ByteArrayOutputStream();
        byte[] type = TYPE.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /** One line of JSON. */
    byte[] bytes() {
        ObjectNode root = Statement.JSON.createObjectNode();
        root.put("payloadType", TYPE).put("payload", Base64.getEncoder().encodeToString(payload));
        root.putArray("signatures").addObject().put("keyid", "").put("sig", Base64.getEncoder().encodeToString(signature));
        return (root + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads an envelope.
     *
     * @throws CheckpointException if the file is not one, or has another number of signatures than one
     */
    static Envelope read(Path file) throws IOException {
        try {
            JsonNode root = Statement.tree(file.toString(), Statement.bytes(file), "one line of JSON");
            if (!root.path("payloadType").asText().equals(TYPE) || root.path("signatures").size() != 1) {
                throw new CheckpointException(file + ": found no envelope of an in-toto statement with one signature; expected one");
            }
            Base64.Decoder base64 = Base64.getDecoder();
            return new Envelope(base64.decode(root.path("payload").asText()), base64.decode(root.at("/signatures/0/sig").asText()));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": found " + e.getMessage() + "; expected base64", e);
        }
    }
}
