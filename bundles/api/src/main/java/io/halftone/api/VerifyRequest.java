package io.halftone.api;

/**
 * Check artifacts against their provenance.
 *
 * @param artifact  a file that a job wrote, or a folder: every file in it and below, pictures excepted, must be told of there
 * @param pipeline  the pipeline folder that it was made from; empty for the one that the provenance names, if it is still there
 * @param publicKey Ed25519 key in PEM that must have signed the provenance; empty to ask for no signature
 */
public record VerifyRequest(String artifact, String pipeline, String publicKey) {
    public VerifyRequest {
        if (artifact.isEmpty()) {
            throw new IllegalArgumentException("verify: found no artifact; expected a file or a folder");
        }
    }
}
