package io.halftone.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComponentsTest {
    /** Ids are the characters, padded by 0; a loaded tensor is the view itself. */
    private static final class Characters implements Components<TensorView>, Tokenizer {
        @Override
        @SuppressWarnings("unchecked")
        public EagerOps<TensorView> ops() {
            return (EagerOps<TensorView>) Proxy.newProxyInstance(EagerOps.class.getClassLoader(), new Class<?>[] {EagerOps.class},
                (proxy, method, arguments) -> {
                    assertEquals("load", method.getName());
                    return arguments[0];
                });
        }

        @Override
        public Tokenizer tokenizer(String component) {
            assertEquals("tokenizer_2", component);
            return this;
        }

        @Override
        public int maxLength() {
            return 10;
        }

        @Override
        public long[] encode(String text, int length) {
            return Arrays.copyOf(text.chars().asLongStream().toArray(), length);
        }

        @Override
        public int count(String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PipelineConfig config() {
            throw new UnsupportedOperationException();
        }

        @Override
        public DType computeType(String component) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Values<TensorView> run(String component, Values<TensorView> inputs) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void encodesEachTextToARowOfIds() {
        TensorView ids = new Characters().ids("tokenizer_2", List.of("ab", "", "cdef"), 3);
        assertEquals(DType.INT64, ids.dtype());
        assertArrayEquals(new long[] {3, 3}, ids.shape());
        long[] values = new long[9];
        ids.bytes().asLongBuffer().get(values);
        assertArrayEquals(new long[] {'a', 'b', 0, 0, 0, 0, 'c', 'd', 'e'}, values);
    }
}
