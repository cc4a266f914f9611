package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.export.Engine;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EngineBackboneTest {
    private final List<String> calls = new ArrayList<>();

    /** Tensors are their own views; a copy to the host keeps the type and the shape. */
    @SuppressWarnings("unchecked")
    private EagerOps<TensorView> ops() {
        return (EagerOps<TensorView>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {EagerOps.class}, (proxy, method, args) -> {
            TensorView x = (TensorView) args[0];
            switch (method.getName()) {
                case "dtype":
                    return x.dtype();
                case "view":
                case "load":
                    return x;
                case "cast":
                    calls.add("cast " + x + " to " + args[1]);
                    return TensorView.device((DType) args[1], x.shape(), x.address(), x.device());
                case "copy":
                    calls.add("copy " + x);
                    return TensorView.host(x.dtype(), x.shape(), ByteBuffer.allocate((int) x.byteLength()));
                default:
                    throw new UnsupportedOperationException(method.getName());
            }
        });
    }

    /** Gives its one input back. */
    private record Echo(OptionalInt device, EngineReport report) implements Engine {
        @Override
        public Map<String, DType> inputs() {
            return Map.of("sample", DType.FLOAT16);
        }

        @Override
        public <R> R run(Values<TensorView> inputs, Function<Values<TensorView>, R> result) {
            return result.apply(Values.of("y", inputs.get("sample")));
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of("halftone", "{}");
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static EngineReport report(double share) {
        return new EngineReport(Path.of("e.plan"), List.of(), "fake 1", "gpu", List.of("a"), List.of("b"), Map.of(), share, List.of());
    }

    private TensorView run(OptionalInt device, TensorView sample) {
        return new EngineBackbone<>(ops(), new Echo(device, report(0.5)), "").run(Values.of("sample", sample));
    }

    private static TensorView onDevice(DType type, int device) {
        return TensorView.device(type, new long[] {2, 4}, 4096, device);
    }

    @Test
    void tensorsOnTheEnginesDeviceAreNotCopied() {
        TensorView y = run(OptionalInt.of(1), onDevice(DType.FLOAT16, 1));
        assertEquals(1, y.device());
        assertEquals(List.of(), calls);
    }

    @Test
    void tensorsOfAnotherTypeAreCast() {
        assertEquals(DType.FLOAT16, run(OptionalInt.of(0), onDevice(DType.FLOAT32, 0)).dtype());
        assertEquals(List.of("cast FLOAT32 [2, 4] on device 0 to FLOAT16"), calls);
    }

    @Test
    void anEngineInHostMemoryOrOnAnotherDeviceGetsCopiesOnTheHost() {
        for (OptionalInt device : List.of(OptionalInt.empty(), OptionalInt.of(1))) {
            calls.clear();
            assertTrue(run(device, onDevice(DType.FLOAT16, 0)).isHost());
            assertEquals(List.of("copy FLOAT16 [2, 4] on device 0"), calls);
        }
    }

    @Test
    void saysHowMuchRunsIn8Bits() {
        assertEquals("1 of 2 quantized layers run in 8-bit kernels, the others in wider types between their Q/DQ pairs; 97.3 % of multiply-adds in 8"
            + " bits", new EngineBackbone<>(ops(), new Echo(OptionalInt.empty(), report(0.9731)), "").note());
        assertEquals("1 of 2 quantized layers run in 8-bit kernels, the others in wider types between their Q/DQ pairs",
            new EngineBackbone<>(ops(), new Echo(OptionalInt.empty(), report(Double.NaN)), "").note());
    }
}
