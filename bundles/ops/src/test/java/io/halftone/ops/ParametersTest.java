package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParametersTest {
    private final List<String> reads = new ArrayList<>();

    /** Parameters that give no parts. */
    private final Parameters whole = new Parameters() {
        @Override
        public Set<String> names() {
            return Set.of("a");
        }

        @Override
        public Info info(String name) {
            return new Info(DType.INT64, new long[] {3});
        }

        @Override
        public TensorView read(String name) {
            reads.add(name);
            return TensorView.ofLongs(new long[] {1, 2, 3}, 3);
        }
    };

    @Test
    void aWindowReadsATensorWithoutPartsOnce() {
        Parameters.Window window = whole.window("a");
        ByteBuffer bytes = whole.read("a").bytes();
        reads.clear();
        for (int from = 0; from <= 24; from++) {
            for (int count = 0; count <= 24 - from; count++) {
                ByteBuffer target = ByteBuffer.allocate(count + 5).position(2).limit(count + 2);
                window.read(from, target);
                assertEquals(count + 2, target.position());
                assertEquals(bytes.slice(from, count), target.position(2), from + " and on");
            }
        }
        assertEquals(List.of(), reads);
    }

    @Test
    void aWindowStaysInsideTheTensor() {
        Parameters.Window window = whole.window("a");
        assertEquals("a: found a window of 9 bytes at 16; expected one within 24 bytes",
            assertThrows(IllegalArgumentException.class, () -> window.read(16, ByteBuffer.allocate(9))).getMessage());
        assertEquals("a: found a window of 1 bytes at -1; expected one within 24 bytes",
            assertThrows(IllegalArgumentException.class, () -> window.read(-1, ByteBuffer.allocate(1))).getMessage());
        assertEquals("a: found a window of 0 bytes at 25; expected one within 24 bytes",
            assertThrows(IllegalArgumentException.class, () -> window.read(25, ByteBuffer.allocate(0))).getMessage());
    }
}
