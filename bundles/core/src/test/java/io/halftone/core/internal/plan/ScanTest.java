package io.halftone.core.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.MemoryParameters;
import io.halftone.core.internal.TestModel;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScanTest {
    private final Scan scan = Scan.of(new TestModel(), TestModel.CONFIG);
    private final Map<String, TensorView> tensors = new TreeMap<>();

    ScanTest() {
        scan.parameters().forEach((name, shape) -> put(name, DType.FLOAT16, shape.sizes()));
    }

    @Test
    void readsLayersAndParametersOffOnePass() {
        assertEquals(TestModel.LAYERS, scan.layers());
        assertEquals(List.of("conv_in.weight", "conv_in.bias", "attn1.to_q.weight", "attn1.to_out.0.weight", "attn1.to_out.0.bias",
            "conv_out.weight", "conv_out.bias"), List.copyOf(scan.parameters().keySet()));
        assertEquals(Shape.of(4, 2, 3, 3), scan.parameters().get("conv_in.weight"));
        assertEquals("out_sample", scan.signature().outputs().get(0).name());
    }

    @Test
    void takesACheckpointOfAnyFloatingType() {
        put("conv_in.bias", DType.FLOAT32, 4);
        put("conv_out.bias", DType.BFLOAT16, 2);
        put("attn1.to_out.0.bias", DType.FLOAT64, 4);
        check(false);
    }

    @Test
    void listsAllThatIsMissingOfAnotherShapeOrTypeOrUnexpected() {
        tensors.remove("conv_in.weight");
        tensors.remove("conv_out.bias");
        put("attn1.to_q.weight", DType.FLOAT16, 4, 5);
        put("attn1.to_out.0.bias", DType.INT8, 4);
        put("attn1.to_k.weight", DType.FLOAT16, 4, 4);
        put("zero.weight", DType.FLOAT32);
        assertEquals("unet: 6 parameters are not the model's: "
            + "conv_in.weight: found none; expected [4, 2, 3, 3]; "
            + "attn1.to_q.weight: found [4, 5] FLOAT16; expected [4, 4]; "
            + "attn1.to_out.0.bias: found [4] INT8; expected a floating type; "
            + "conv_out.bias: found none; expected [2]; "
            + "attn1.to_k.weight: found [4, 4] FLOAT16; expected none; "
            + "zero.weight: found [] FLOAT32; expected none", refusal(false));
    }

    @Test
    void allowsASurplusWhereAskedTo() {
        put("encoder.weight", DType.FLOAT16, 4, 4);
        check(true);
        tensors.remove("conv_out.bias");
        assertEquals("unet: 1 parameters are not the model's: conv_out.bias: found none; expected [2]", refusal(true));
    }

    @Test
    void countsWhatItDoesNotList() {
        for (int i = 10; i < 33; i++) {
            put("x" + i, DType.FLOAT16, 1);
        }
        String message = refusal(false);
        assertEquals("unet: 23 parameters are not the model's: x10: found [1] FLOAT16; expected none", message.substring(0, message.indexOf("; x11")));
        assertEquals("x29: found [1] FLOAT16; expected none; and 3 more", message.substring(message.indexOf("x29")));
    }

    private void put(String name, DType type, long... shape) {
        tensors.put(name, TensorView.host(type, shape, ByteBuffer.allocate((int) TensorView.byteLength(type, shape))));
    }

    private void check(boolean surplus) {
        scan.check("unet", new MemoryParameters(tensors), surplus, Set.of());
    }

    private String refusal(boolean surplus) {
        return assertThrows(CheckpointException.class, () -> check(surplus)).getMessage();
    }
}
