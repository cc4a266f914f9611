package io.halftone.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    /** Tensors of INT8 with one axis. */
    private record Memory(Map<String, byte[]> tensors) implements Parameters {
        @Override
        public Set<String> names() {
            return new TreeMap<>(tensors).keySet();
        }

        @Override
        public Info info(String name) {
            return new Info(DType.INT8, new long[] {tensors.get(name).length});
        }

        @Override
        public TensorView read(String name) {
            return TensorView.host(DType.INT8, info(name).shape(), ByteBuffer.wrap(tensors.get(name)));
        }
    }

    private static String of(byte[] tensor) {
        return Fingerprint.of(new Memory(Map.of("weight", tensor)));
    }

    private static byte[] changed(int length, int at) {
        byte[] bytes = new byte[length];
        bytes[at] = 1;
        return bytes;
    }

    @Test
    void isTheDigestOfNameTypeShapeAndBothEnds() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update("a [2] INT8\n".getBytes(StandardCharsets.UTF_8));
        digest.update(new byte[] {1, 2, 1, 2});
        digest.update("b [65] INT8\n".getBytes(StandardCharsets.UTF_8));
        digest.update(changed(64, 0));
        digest.update(new byte[64]);
        Memory weights = new Memory(Map.of("b", changed(65, 0), "a", new byte[] {1, 2}));
        assertEquals(HexFormat.of().formatHex(digest.digest()), Fingerprint.of(weights));
    }

    @Test
    void sees64BytesOfEachEnd() {
        String zeros = of(new byte[200]);
        for (int at : new int[] {0, 63, 136, 199}) {
            assertNotEquals(zeros, of(changed(200, at)), "byte " + at);
        }
        for (int at : new int[] {64, 135}) {
            assertEquals(zeros, of(changed(200, at)), "byte " + at);
        }
    }

    @Test
    void tellsNamesAndShapesApart() {
        assertNotEquals(of(new byte[200]), of(new byte[201]));
        assertNotEquals(of(new byte[200]), Fingerprint.of(new Memory(Map.of("bias", new byte[200]))));
    }
}
