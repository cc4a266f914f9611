package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.halftone.export.ExportReport;
import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A product of values that are joined along the axis that is summed over. */
class JoinedProductTest {
    private static final float[] A = {1, 2, 3, 4};
    private static final float[] B = {5, 6, 7, 8, 9, 10};
    private static final float[] W = {1, 0, 2, -1, 3, 0, 1, -2, 1, 4};
    private static final float[] BIAS = {10, 20};
    /** (1 0 2 -1 3) and (0 1 -2 1 4) times (1 2 5 6 7) and (3 4 8 9 10), and the bias. */
    private static final float[] Y = {10 + 26, 20 + 26, 10 + 40, 20 + 37};

    @TempDir
    Path folder;

    private static TestJob job(TestJob.Pass pass) {
        return new TestJob(DType.FLOAT32, pass).input("a", 1, 2, 2).input("b", 1, 2, 3).output(1, 2, 2)
            .parameter("fc.weight", DType.FLOAT32, W, 2, 5).parameter("fc.bias", DType.FLOAT32, BIAS, 2);
    }

    private static OnnxValue fc(Ops<OnnxValue> o, OnnxValue x, OnnxValue weight) {
        return o.region("fc", () -> List.of(o.linear(x, weight, o.parameter("fc.bias", Shape.of(2))))).get(0);
    }

    private ModelProto model(TestJob job) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(new OnnxExporter().export(job, folder).model()));
    }

    private float[] run(TestJob job) throws IOException {
        return Runtime.run(job, folder, Map.of("a", TensorView.ofFloats(A, 1, 2, 2), "b", TensorView.ofFloats(B, 1, 2, 3))).toFloats();
    }

    private static List<String> operators(ModelProto model) {
        return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    private static TensorProto initializer(ModelProto model, String name) {
        return model.getGraph().getInitializerList().stream().filter(tensor -> tensor.getName().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void isASumOfProductsWithPartsOfTheWeight() throws IOException {
        TestJob job = job((o, in) -> fc(o, o.concat(-1, List.of(in.get("a"), in.get("b"))), o.parameter("fc.weight", Shape.of(2, 5))));
        assertArrayEquals(Y, run(job));
        ModelProto model = model(job);
        assertEquals(List.of("MatMul", "Add", "MatMul", "Add", "Identity"), operators(model));
        assertEquals(List.of(2L, 2L), initializer(model, "fc.weight_transposed").getDimsList());
        assertEquals(List.of(3L, 2L), initializer(model, "fc.weight_transposed_1").getDimsList());
    }

    /** Integers are exact in the codes of a scale of 1. */
    @Test
    void roundsEachPartAndEachPartOfTheWeight() throws IOException {
        for (String weights : List.of("quantized", "qdq")) {
            TestJob job = job((o, in) -> {
                OnnxValue one = o.constant(1, DType.FLOAT32);
                OnnxValue rows = o.constant(new float[] {1, 2}, Shape.of(2), DType.FLOAT32);
                OnnxValue x = o.dequantize(o.quantize(o.concat(-1, List.of(in.get("a"), in.get("b"))), DType.INT8, one, 0), one, 0);
                OnnxValue weight = o.dequantize(o.quantize(o.parameter("fc.weight", Shape.of(2, 5)), DType.INT8, rows, 0), rows, 0);
                return fc(o, x, weight);
            }).quantizes("fc");
            job.options.put("weights", weights);
            // the second row in steps of 2, half to even: 0 0 -2 0 4 and not 0 1 -2 1 4
            assertArrayEquals(new float[] {36, 20 - 10 + 28, 50, 20 - 16 + 40}, run(job));
            ExportReport report = new OnnxExporter().export(job, folder);
            assertEquals(1, report.quantized().size());
            assertEquals(Set.of(Slot.INPUT, Slot.WEIGHT), report.quantized().get(0).slots().keySet());
        }
    }

    @Test
    void aJoinedValueThatOthersTakeTooIsJoinedOnce() throws IOException {
        TestJob job = job((o, in) -> {
            OnnxValue both = o.concat(-1, List.of(in.get("a"), in.get("b")));
            OnnxValue mean = o.matmul(both, o.constant(new float[] {1, 0, 0, 1, 0, 0, 0, 0, 0, 0}, Shape.of(1, 5, 2), DType.FLOAT32));
            OnnxValue again = o.slice(both, -1, 2, 4);
            return o.add(o.add(mean, again), fc(o, both, o.parameter("fc.weight", Shape.of(2, 5))));
        });
        assertArrayEquals(new float[] {36 + 1 + 5, 46 + 2 + 6, 50 + 3 + 8, 57 + 4 + 9}, run(job));
        assertEquals(1, operators(model(job)).stream().filter("Concat"::equals).count());
    }

    @Test
    void joinedValuesMayBeJoinedAgain() throws IOException {
        TestJob job = job((o, in) -> {
            OnnxValue both = o.concat(-1, List.of(o.concat(-1, List.of(in.get("a"), in.get("b"))), in.get("a")));
            return o.slice(both, -1, 4, 6);
        });
        job.tensors.clear();
        assertArrayEquals(new float[] {7, 1, 10, 3}, run(job));
    }

    @Test
    void joinsAlongOtherAxesStayAsTheyAre() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.linear(o.concat(1, List.of(in.get("a"), in.get("a"))), o.parameter("w", Shape.of(2, 2))))
            .input("a", 1, 2, 2).output(1, 4, 2).parameter("w", DType.FLOAT32, new float[] {1, 0, 1, 1}, 2, 2);
        assertEquals(List.of("Concat", "MatMul", "Identity"), operators(model(job)));
    }
}
