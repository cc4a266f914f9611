package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Float8;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each operation runs in ONNX Runtime and gives what the definition gives. */
class OnnxOpsTest {
    @TempDir
    Path folder;

    @Test
    void elementWiseFunctionsMatchTheirDefinitions() throws IOException {
        Map<String, DoubleUnaryOperator> definitions = Map.of("sin", Math::sin, "cos", Math::cos, "exp", Math::exp, "tanh", Math::tanh,
            "sqrt", v -> Math.sqrt(Math.abs(v)), "sigmoid", v -> 1 / (1 + Math.exp(-v)), "silu", v -> v / (1 + Math.exp(-v)),
            "gelu", v -> v * (1 + erf(v / Math.sqrt(2))) / 2,
            "geluTanh", v -> v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))) / 2,
            "clamp", v -> Math.max(-0.25, Math.min(0.5, v)));
        float[] x = {-3, -1.5f, -0.5f, -0.01f, 0, 0.3f, 1, 2.5f};
        for (var definition : definitions.entrySet()) {
            boolean root = definition.getKey().equals("sqrt");
            float[] taken = root ? map(x, v -> Math.abs(v)) : x;
            float[] y = run(DType.FLOAT32, taken, new long[] {8}, Shape.of(8), (o, v) -> function(o, definition.getKey(), v));
            assertArrayEquals(map(x, definition.getValue()), y, 2e-6f, definition.getKey());
        }
    }

    private static OnnxValue function(Ops<OnnxValue> o, String name, OnnxValue x) {
        return switch (name) {
            case "sin" -> o.sin(x);
            case "cos" -> o.cos(x);
            case "exp" -> o.exp(x);
            case "sqrt" -> o.sqrt(x);
            case "tanh" -> o.tanh(x);
            case "sigmoid" -> o.sigmoid(x);
            case "silu" -> o.silu(x);
            case "gelu" -> o.gelu(x);
            case "geluTanh" -> o.geluTanh(x);
            case "clamp" -> o.clamp(x, -0.25, 0.5);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    void arithmeticBroadcasts() throws IOException {
        float[] y = run(DType.FLOAT32, new float[] {1, 2, 3, 4}, new long[] {2, 2}, Shape.of(2, 2), (o, x) -> {
            OnnxValue row = o.constant(new float[] {10, 20}, Shape.of(2), DType.FLOAT32);
            return o.div(o.sub(o.mul(o.add(x, row), row), o.constant(5, DType.FLOAT32)), o.constant(2, DType.FLOAT32));
        });
        assertArrayEquals(new float[] {52.5f, 217.5f, 62.5f, 237.5f}, y);
    }

    @Test
    void aClampWithoutAnUpperBoundKeepsLargeValues() throws IOException {
        assertArrayEquals(new float[] {0, 9}, run(DType.FLOAT32, new float[] {-4, 9}, new long[] {2}, Shape.of(2),
            (o, x) -> o.clamp(x, 0, Double.POSITIVE_INFINITY)));
    }

    @Test
    void shapesAreMoved() throws IOException {
        float[] x = {1, 2, 3, 4, 5, 6};
        long[] shape = {2, 3};
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, run(DType.FLOAT32, x, shape, Shape.of(3, 2), (o, v) -> o.permute(v, 1, 0)));
        assertArrayEquals(x, run(DType.FLOAT32, x, shape, Shape.of(3, 2), (o, v) -> o.reshape(v, Shape.of(3, 2))));
        assertArrayEquals(new float[] {2, 3, 5, 6}, run(DType.FLOAT32, x, shape, Shape.of(2, 2), (o, v) -> o.slice(v, -1, 1, 3)));
        assertArrayEquals(new float[] {1, 2, 3, 1, 4, 5, 6, 4}, run(DType.FLOAT32, x, shape, Shape.of(2, 4),
            (o, v) -> o.concat(-1, List.of(v, o.slice(v, 1, 0, 1)))));
        assertArrayEquals(new float[] {0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0},
            run(DType.FLOAT32, x, shape, Shape.of(2, 6), (o, v) -> o.pad(v, 1, 1, 2)));
        assertArrayEquals(new float[] {1, 1, 4, 4}, run(DType.FLOAT32, x, shape, Shape.of(2, 2),
            (o, v) -> o.expand(o.slice(v, 1, 0, 1), Shape.of(2, 2))));
    }

    @Test
    void nearestUpsamplingRoundsDown() throws IOException {
        float[] y = run(DType.FLOAT32, new float[] {1, 2, 3, 4, 5, 6}, new long[] {1, 1, 2, 3}, Shape.of(1, 1, 3, 5),
            (o, x) -> o.upsampleNearest(x, Dim.of(3), Dim.of(5)));
        assertArrayEquals(new float[] {1, 1, 2, 2, 3, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6}, y);
    }

    @Test
    void softmaxSumsToOneAlongItsAxis() throws IOException {
        float[] y = run(DType.FLOAT32, new float[] {0, 1, 2, 3}, new long[] {2, 2}, Shape.of(2, 2), (o, x) -> o.softmax(x, 0));
        float low = (float) (1 / (1 + Math.exp(2)));
        assertArrayEquals(new float[] {low, low, 1 - low, 1 - low}, y, 1e-6f);
    }

    @Test
    void layerNormMatchesItsDefinition() throws IOException {
        float[] x = TestJob.random(1, 12);
        float[] w = TestJob.random(2, 4);
        float[] b = TestJob.random(3, 4);
        float[] expected = normalized(x, 4, 1e-5);
        float[] plain = run(DType.FLOAT32, x, new long[] {3, 4}, Shape.of(3, 4), (o, v) -> o.layerNorm(v, 1e-5));
        assertArrayEquals(expected, plain, 2e-6f);
        float[] weighted = run(DType.FLOAT32, x, new long[] {3, 4}, Shape.of(3, 4),
            (o, v) -> o.layerNorm(v, vector(o, w), vector(o, b), 1e-5));
        for (int i = 0; i < 12; i++) {
            assertEquals(expected[i] * w[i % 4] + b[i % 4], weighted[i], 2e-6);
        }
    }

    @Test
    void rmsNormMatchesItsDefinition() throws IOException {
        float[] x = TestJob.random(1, 8);
        float[] w = TestJob.random(2, 4);
        float[] y = run(DType.FLOAT32, x, new long[] {2, 4}, Shape.of(2, 4), (o, v) -> o.rmsNorm(v, vector(o, w), 1e-6));
        for (int i = 0; i < 8; i++) {
            int row = i / 4 * 4;
            double mean = 0;
            for (int j = row; j < row + 4; j++) {
                mean += x[j] * x[j] / 4;
            }
            assertEquals(x[i] / Math.sqrt(mean + 1e-6) * w[i % 4], y[i], 2e-6);
        }
    }

    @Test
    void matrixProductsAreBatched() throws IOException {
        float[] y = run(DType.FLOAT32, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new long[] {2, 2, 2}, Shape.of(2, 2, 2),
            (o, x) -> o.matmul(x, x));
        assertArrayEquals(new float[] {7, 10, 15, 22, 67, 78, 91, 106}, y);
    }

    @Test
    void rotationTurnsPairsAndPutsTheirFirstElementsFirst() throws IOException {
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
        double[] angles = {0.3, -1.1, 2, 0.7};
        float[] cos = new float[4];
        float[] sin = new float[4];
        for (int i = 0; i < 4; i++) {
            cos[i] = (float) Math.cos(angles[i]);
            sin[i] = (float) Math.sin(angles[i]);
        }
        float[] y = run(DType.FLOAT32, x, new long[] {1, 2, 1, 4}, Shape.of(1, 2, 1, 4), (o, v) -> o.rotate(v,
            o.constant(cos, Shape.of(2, 1, 2), DType.FLOAT32), o.constant(sin, Shape.of(2, 1, 2), DType.FLOAT32)));
        for (int token = 0; token < 2; token++) {
            for (int pair = 0; pair < 2; pair++) {
                double a = x[4 * token + 2 * pair];
                double b = x[4 * token + 2 * pair + 1];
                double angle = angles[2 * token + pair];
                // float32: 24 bits, magnitudes up to 16
                assertEquals(a * Math.cos(angle) - b * Math.sin(angle), y[4 * token + pair], 4e-6);
                assertEquals(b * Math.cos(angle) + a * Math.sin(angle), y[4 * token + 2 + pair], 4e-6);
            }
        }
    }

    @Test
    void linearLayersOfEveryRankMultiplyWithTheTransposedWeight() throws IOException {
        float[] x = {1, 2, 3, 4, 5, 6};
        float[] w = {1, 0, 2, 0, 1, -1};
        float[] expected = {1 + 6 + 10, 2 - 3 + 20, 4 + 12 + 10, 5 - 6 + 20};
        for (long[] shape : new long[][] {{2, 3}, {1, 2, 3}, {1, 1, 2, 3}}) {
            TestJob job = job(DType.FLOAT32, shape, Shape.of(shape).with(-1, Dim.of(2)), (o, v) ->
                o.linear(v, o.parameter("w", Shape.of(2, 3)), o.constant(new float[] {10, 20}, Shape.of(2), DType.FLOAT32)));
            job.parameter("w", DType.FLOAT32, w, 2, 3);
            assertArrayEquals(expected, run(job, DType.FLOAT32, x, shape));
        }
    }

    @Test
    void attentionMatchesItsDefinitionWithAndWithoutACausalMask() throws IOException {
        int tokens = 3;
        int size = 2;
        float[] q = TestJob.random(1, tokens * size);
        float[] k = TestJob.random(2, tokens * size);
        float[] v = TestJob.random(3, tokens * size);
        Shape shape = Shape.of(1, 1, tokens, size);
        for (boolean causal : new boolean[] {false, true}) {
            float[] y = run(DType.FLOAT32, q, new long[] {1, 1, tokens, size}, shape, (o, x) ->
                o.attention(x, o.constant(k, shape, DType.FLOAT32), o.constant(v, shape, DType.FLOAT32), 0.7, causal));
            for (int i = 0; i < tokens; i++) {
                double[] weight = new double[tokens];
                double sum = 0;
                for (int j = 0; j < (causal ? i + 1 : tokens); j++) {
                    weight[j] = Math.exp(0.7 * (q[2 * i] * k[2 * j] + q[2 * i + 1] * k[2 * j + 1]));
                    sum += weight[j];
                }
                for (int c = 0; c < size; c++) {
                    double expected = 0;
                    for (int j = 0; j < tokens; j++) {
                        expected += weight[j] / sum * v[size * j + c];
                    }
                    assertEquals(expected, y[size * i + c], 1e-6, "causal " + causal);
                }
            }
        }
    }

    @Test
    void tokensAreLookedUpAndTheEndOfTextIsChosen() throws IOException {
        float[] table = {0, 1, 10, 11, 20, 21, 30, 31};
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> {
            OnnxValue ids = in.get("x");
            OnnxValue end = o.cast(o.equal(ids, o.constant(3, DType.INT64)), DType.INT64);
            return o.select(o.embedding(o.parameter("table", Shape.of(4, 2)), ids), o.argmax(end, -1));
        });
        job.input("x", DType.INT64, "batch", 4).output("batch", 2).parameter("table", DType.FLOAT32, table, 4, 2);
        float[] y = Runtime.run(job, folder, Map.of("x", TensorView.ofLongs(new long[] {1, 3, 3, 0, 2, 1, 0, 3}, 2, 4))).toFloats();
        assertArrayEquals(new float[] {30, 31, 30, 31}, y);
    }

    @Test
    void argmaxTakesTheFirstOfEqualElements() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.argmax(in.get("x"), 1)).input("x", 2, 3).output(DType.INT64, 2);
        assertArrayEquals(new float[] {1, 0}, run(job, DType.FLOAT32, new float[] {1, 5, 5, 2, 1, 2}, 2, 3));
    }

    @Test
    void castsRoundToNearestEven() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.cast(in.get("x"), DType.FLOAT16)).input("x", 2).output(DType.FLOAT16, 2);
        assertArrayEquals(new float[] {2048, 2052}, run(job, DType.FLOAT32, new float[] {2049, 2051}, 2));
    }

    @Test
    void quantizingAValueRoundsHalfToEvenAndSaturates() throws IOException {
        float[] x = {0.5f, 1.5f, 2.5f, -0.5f, -1.5f, 127.6f, -128.4f, -129};
        float[] y = run(DType.FLOAT32, x, new long[] {8}, Shape.of(8), (o, v) -> {
            OnnxValue one = o.constant(1, DType.FLOAT32);
            return o.dequantize(o.quantize(v, DType.INT8, one, 0), one, 0);
        });
        assertArrayEquals(new float[] {0, 2, 2, 0, -2, 127, -128, -128}, y);
    }

    @Test
    void quantizingAValuePerChannelTakesTheScaleOfItsAxis() throws IOException {
        float[] y = run(DType.FLOAT32, new float[] {1, 1, 1, 1}, new long[] {2, 2}, Shape.of(2, 2), (o, v) -> {
            OnnxValue scales = o.constant(new float[] {0.4f, 3}, Shape.of(2), DType.FLOAT32);
            return o.dequantize(o.quantize(v, DType.INT8, scales, 1), scales, 1);
        });
        assertArrayEquals(new float[] {0.8f, 0, 0.8f, 0}, y);
    }

    @Test
    void quantizingToFloat8RoundsAsTheEncoderDoes() throws IOException {
        float[] x = {17, 19, 21, 470.4f, -3.73333f, 0x1p-10f, 1.5f * 0x1p-9f, 1.8131605f};
        float[] y = run(DType.FLOAT32, x, new long[] {8}, Shape.of(8), (o, v) -> {
            OnnxValue one = o.constant(1, DType.FLOAT32);
            return o.dequantize(o.quantize(v, DType.FLOAT8_E4M3, one, 0), one, 0);
        });
        assertArrayEquals(map(x, v -> Float8.toFloat(Float8.fromFloat((float) v))), y);
    }

    interface Step {
        OnnxValue apply(Ops<OnnxValue> ops, OnnxValue x);
    }

    static TestJob job(DType type, long[] shape, Shape output, Step step) {
        return new TestJob(type, (o, in) -> step.apply(o, in.get("x")))
            .input("x", Shape.of(shape).dims().toArray()).output(output.dims().toArray());
    }

    private float[] run(DType type, float[] x, long[] shape, Shape output, Step step) throws IOException {
        return run(job(type, shape, output, step), type, x, shape);
    }

    private float[] run(TestJob job, DType type, float[] x, long... shape) throws IOException {
        TensorView input = TensorView.host(type, shape, ByteBuffer.wrap(Elements.encode(x, type)));
        return Runtime.run(job, folder, Map.of("x", input)).toFloats();
    }

    private static OnnxValue vector(Ops<OnnxValue> o, float[] values) {
        return o.constant(values, Shape.of(values.length), DType.FLOAT32);
    }

    static float[] map(float[] x, DoubleUnaryOperator f) {
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) f.applyAsDouble(x[i]);
        }
        return y;
    }

    /** Each run of that many elements with mean 0 and variance 1. */
    static float[] normalized(float[] x, int run, double epsilon) {
        float[] y = new float[x.length];
        for (int start = 0; start < x.length; start += run) {
            double mean = 0;
            double square = 0;
            for (int i = start; i < start + run; i++) {
                mean += (double) x[i] / run;
            }
            for (int i = start; i < start + run; i++) {
                square += (x[i] - mean) * (x[i] - mean) / run;
            }
            for (int i = start; i < start + run; i++) {
                y[i] = (float) ((x[i] - mean) / Math.sqrt(square + epsilon));
            }
        }
        return y;
    }

    /** The error function by its power series; exact enough below 4. */
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 60; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }
}
