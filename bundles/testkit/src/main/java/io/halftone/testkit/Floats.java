package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors for the tests of plugins that need arithmetic alone: an array and the type it goes by. The arithmetic is float32
 * whatever the type.
 *
 * @param values one stands for a scalar
 */
public record Floats(DType dtype, float... values) {
    /** A float32 tensor of rank 1. */
    public static Floats of(float... values) {
        return new Floats(DType.FLOAT32, values);
    }

    /** The element-wise operations and cells alone; both operands have one type. */
    public static EagerOps<Floats> ops() {
        return ops(new ArrayList<>());
    }

    /**
     * The same.
     *
     * @param cells takes each cell that is made
     */
    @SuppressWarnings("unchecked")
    public static EagerOps<Floats> ops(List<EagerOps.Cell<Floats>> cells) {
        Class<?>[] types = {EagerOps.class};
        return (EagerOps<Floats>) Proxy.newProxyInstance(Floats.class.getClassLoader(), types, (proxy, method, args) ->
            switch (method.getName()) {
                case "dtype" -> ((Floats) args[0]).dtype();
                case "shape" -> Shape.of(((Floats) args[0]).values().length);
                case "constant" -> new Floats((DType) args[1], (float) (double) args[0]);
                case "cast" -> new Floats((DType) args[1], ((Floats) args[0]).values());
                case "add", "sub", "mul", "div" -> combine(method.getName(), (Floats) args[0], (Floats) args[1]);
                case "clamp" -> clamp((Floats) args[0], (double) args[1], (double) args[2]);
                case "cell" -> {
                    cells.add(new FloatsCell());
                    yield cells.get(cells.size() - 1);
                }
                default -> throw new UnsupportedOperationException(method.toString());
            });
    }

    private static Floats combine(String operation, Floats a, Floats b) {
        assertEquals(a.dtype, b.dtype, operation);
        float[] values = new float[Math.max(a.values.length, b.values.length)];
        for (int i = 0; i < values.length; i++) {
            float x = a.values[a.values.length == 1 ? 0 : i];
            float y = b.values[b.values.length == 1 ? 0 : i];
            values[i] = switch (operation) {
                case "add" -> x + y;
                case "sub" -> x - y;
                case "mul" -> x * y;
                default -> x / y;
            };
        }
        return new Floats(a.dtype, values);
    }

    private static Floats clamp(Floats x, double min, double max) {
        float[] values = new float[x.values.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.min((float) max, Math.max((float) min, x.values[i]));
        }
        return new Floats(x.dtype, values);
    }

    private static final class FloatsCell implements EagerOps.Cell<Floats> {
        private Floats value;

        @Override
        public boolean isEmpty() {
            return value == null;
        }

        @Override
        public Floats get() {
            if (value == null) {
                throw new IllegalStateException("cell: found no value; expected one to be set before");
            }
            return value;
        }

        @Override
        public void set(Floats next) {
            value = next;
        }

        @Override
        public void close() {
            value = null;
        }
    }
}
