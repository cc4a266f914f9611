package io.halftone.core.internal.task;

import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.ops.Parameters;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 that tells one quantized checkpoint from another without reading 24 GB: what the file says of itself, the names, types and
 * shapes of its tensors, all bytes of the small ones, which hold ranges and scales, and a sample of each large one.
 */
final class CheckpointSample {
    private static final int WINDOW = 1 << 16;

    private CheckpointSample() {}

    /** Hexadecimal. */
    static String of(QuantizedCheckpoint checkpoint) {
        try (Safetensors file = SafetensorsFiles.open(checkpoint.stored().path())) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            file.metadata().forEach((key, value) -> digest.update((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
            ByteBuffer window = ByteBuffer.allocate(WINDOW);
            for (String name : file.names()) {
                Parameters.Info info = file.info(name);
                digest.update((name + " " + info + "\n").getBytes(StandardCharsets.UTF_8));
                long bytes = info.byteLength();
                int length = (int) Math.min(WINDOW, bytes);
                long[] places = bytes <= WINDOW ? new long[] {0} : new long[] {0, (bytes - length) / 2, bytes - length};
                for (long at : places) {
                    file.read(name, at, window.clear().limit(length));
                    digest.update(window.flip());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found none; expected it in every Java", e);
        }
    }
}
