package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.export.EngineException;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final Profile PROFILE = new Profile(Map.of("sample", new Profile.Window(List.of(1L, 4L), List.of(2L, 4L), List.of(8L, 4L))));
    private static final Ports PORTS = new Ports(Map.of("sample", DType.FLOAT16), PROFILE, 0);

    private static String refusal(String name, TensorView view) {
        return assertThrows(EngineException.class, () -> PORTS.verify(Values.of(name, view))).getMessage();
    }

    private static TensorView device(DType type, int device, long... shape) {
        return TensorView.device(type, shape, 4096, device);
    }

    @Test
    void takesWhatFits() {
        PORTS.verify(Values.of("sample", device(DType.FLOAT16, 0, 8, 4)));
        PORTS.verify(Values.of("sample", TensorView.host(DType.FLOAT16, new long[] {1, 4}, java.nio.ByteBuffer.allocate(8))));
    }

    @Test
    void refusesOtherNames() {
        assertEquals("inputs: found [latent]; expected [sample]", refusal("latent", device(DType.FLOAT16, 0, 1, 4)));
    }

    @Test
    void refusesOtherTypesExtentsAndDevices() {
        String expected = "; expected FLOAT16 [1x4 to 8x4] on the host or device 0";
        assertEquals("input sample: found FLOAT32 [1, 4] on device 0" + expected, refusal("sample", device(DType.FLOAT32, 0, 1, 4)));
        assertEquals("input sample: found FLOAT16 [9, 4] on device 0" + expected, refusal("sample", device(DType.FLOAT16, 0, 9, 4)));
        assertEquals("input sample: found FLOAT16 [1, 4] on device 1" + expected, refusal("sample", device(DType.FLOAT16, 1, 1, 4)));
    }

    @Test
    void refusesAnEngineThatItsDescriptionDoesNotFit() {
        var e = assertThrows(EngineException.class, () -> new Ports(Map.of("x", DType.FLOAT16), PROFILE, 0));
        assertEquals("inputs: found [x]; expected [sample], which the engine's description has", e.getMessage());
    }

    @Test
    void typesAreThoseOfTensorRtsNumbers() {
        assertEquals(DType.BFLOAT16, Types.of("x", 7));
        assertEquals(DType.INT64, Types.of("x", 8));
        var e = assertThrows(EngineException.class, () -> Types.of("x", 9));
        assertEquals("tensor x: found TensorRT's type 9; expected one of [0, 1, 2, 3, 4, 5, 6, 7, 8]", e.getMessage());
    }
}
