package io.halftone.onnx.internal;

import static io.halftone.onnx.internal.OnnxOpsTest.job;
import static io.halftone.onnx.internal.OnnxOpsTest.map;
import static io.halftone.onnx.internal.OnnxOpsTest.normalized;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Group norms run in ONNX Runtime, in the type of the model where an instance norm takes it. */
class GroupNormTest {
    @TempDir
    Path folder;

    @Test
    void matchesItsDefinition() throws IOException {
        float[] x = TestJob.random(1, 2 * 4 * 3 * 5);
        float[] w = TestJob.random(2, 4);
        float[] b = TestJob.random(3, 4);
        TestJob job = job(DType.FLOAT32, new long[] {2, 4, 3, 5}, Shape.of(2, 4, 3, 5),
            (o, v) -> o.groupNorm(v, 2, vector(o, w, DType.FLOAT32), vector(o, b, DType.FLOAT32), 1e-5));
        float[] y = run(job, DType.FLOAT32, x, 2, 4, 3, 5);
        float[] normal = normalized(x, 30, 1e-5);
        for (int i = 0; i < x.length; i++) {
            int channel = i / 15 % 4;
            assertEquals(normal[i] * w[channel] + b[channel], y[i], 2e-6);
        }
    }

    @Test
    void float16IsWrittenInFloat16AndStaysNearFloat32() throws IOException {
        float[] x = halves(TestJob.random(1, 2 * 4 * 3 * 5));
        float[] w = halves(TestJob.random(2, 4));
        float[] b = halves(TestJob.random(3, 4));
        TestJob job = job(DType.FLOAT16, new long[] {2, 4, 3, 5}, Shape.of(2, 4, 3, 5),
            (o, v) -> o.groupNorm(v, 2, o.parameter("w", Shape.of(4)), o.parameter("b", Shape.of(4)), 1e-5));
        job.parameter("w", DType.FLOAT16, w, 4).parameter("b", DType.FLOAT16, b, 4);
        Path model = new OnnxExporter().export(job, folder).model();
        assertEquals(List.of("Reshape", "InstanceNormalization", "Reshape", "Mul", "Add", "Identity"), operators(model));
        float[] normal = normalized(x, 30, 1e-5);
        TensorView input = TensorView.host(DType.FLOAT16, new long[] {2, 4, 3, 5}, ByteBuffer.wrap(Elements.encode(x, DType.FLOAT16)));
        for (OptLevel level : new OptLevel[] {OptLevel.NO_OPT, OptLevel.ALL_OPT}) {
            float[] y = Runtime.run(model, Map.of("x", input), level).toFloats();
            for (int i = 0; i < x.length; i++) {
                double weighted = normal[i] * w[i / 15 % 4];
                double expected = weighted + b[i / 15 % 4];
                // the norm, the product and the sum are rounded, by 2^-11 of each at most; sums in float32 for the rest
                assertEquals(expected, y[i], (2 * Math.abs(weighted) + Math.abs(expected)) / 2048 + 1e-5, level + " at " + i);
            }
        }
    }

    @Test
    void bfloat16IsWrittenInFloat32() throws IOException {
        TestJob job = job(DType.BFLOAT16, new long[] {1, 2, 4}, Shape.of(1, 2, 4),
            (o, v) -> o.groupNorm(v, 1, o.parameter("w", Shape.of(2)), o.parameter("b", Shape.of(2)), 1e-5));
        job.random("w", 2).random("b", 2);
        assertEquals(List.of("Cast", "Reshape", "InstanceNormalization", "Reshape", "Mul", "Add", "Cast", "Identity"),
            operators(new OnnxExporter().export(job, folder).model()));
    }

    private static List<String> operators(Path model) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(model)).getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    private static float[] halves(float[] x) {
        return map(x, v -> Float16.toFloat(Float16.fromFloat((float) v)));
    }

    @Test
    void float16TakesValuesWhoseSquaresFloat16DoesNotHold() throws IOException {
        float[] x = map(TestJob.random(1, 32), v -> (float) Math.rint(v * 1000));
        TestJob job = job(DType.FLOAT16, new long[] {1, 2, 4, 4}, Shape.of(1, 2, 4, 4), (o, v) -> o.groupNorm(v, 1,
            vector(o, new float[] {1, 1}, DType.FLOAT16), vector(o, new float[] {0, 0}, DType.FLOAT16), 1e-5));
        float[] y = run(job, DType.FLOAT16, x, 1, 2, 4, 4);
        assertArrayEquals(normalized(x, 32, 1e-5), y, 1e-3f);
    }

    private float[] run(TestJob job, DType type, float[] x, long... shape) throws IOException {
        TensorView input = TensorView.host(type, shape, ByteBuffer.wrap(Elements.encode(x, type)));
        return Runtime.run(job, folder, Map.of("x", input)).toFloats();
    }

    private static OnnxValue vector(Ops<OnnxValue> o, float[] values, DType type) {
        return o.constant(values, Shape.of(values.length), type);
    }
}
