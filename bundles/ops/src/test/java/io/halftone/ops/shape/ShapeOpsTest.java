package io.halftone.ops.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ShapeOpsTest {
    private static final Dim N = Dim.named("n");
    private static final Dim H = Dim.named("h");
    private final ShapeOps ops = new ShapeOps(DType.FLOAT32);

    @Test
    void recordsParametersInTheOrderInWhichTheyAreAskedFor() {
        ops.parameter("b.weight", Shape.of(2, 3));
        assertEquals(x(1), ops.parameter("a.bias", Shape.of(1)));
        ops.parameter("b.weight", Shape.of(2, 3));
        assertEquals(List.of("b.weight", "a.bias"), List.copyOf(ops.parameters().keySet()));
        assertThrows(UnsupportedOperationException.class, () -> ops.parameters().clear());
    }

    @Test
    void refusesAParameterAskedForTwiceWithAnotherShape() {
        ops.parameter("a.weight", Shape.of(2, 3));
        refused("a.weight: found [3, 2]; expected [2, 3], as asked for before", () -> ops.parameter("a.weight", Shape.of(3, 2)));
    }

    @Test
    void parametersHaveTheComputeType() {
        assertEquals(DType.BFLOAT16, new ShapeOps(DType.BFLOAT16).parameter("a", Shape.of(1)).dtype());
        assertEquals(DType.FLOAT32, ops.computeType());
    }

    @Test
    void recordsLayersInTheOrderInWhichTheyRun() {
        var linear = new Layer.Linear("z", Role.QKV, 3, 4, false);
        var conv = new Layer.Conv("a", Role.INPUT, 2, 5, 3, 1, 1, true);
        var attention = new Layer.Attention("m", Role.ATTENTION, 2, 4, 0.5, false);
        ops.linear(linear, x(1, 3));
        ops.conv(conv, x(1, 2, 4, 4));
        ops.attention(attention, x(1, 2, 3, 4), x(1, 2, 3, 4), x(1, 2, 3, 4));
        ops.linear(linear, x(2, 3));
        assertEquals(List.of(linear, conv, attention), ops.layers());
        assertEquals(List.of("z.weight", "a.weight", "a.bias"), List.copyOf(ops.parameters().keySet()));
    }

    @Test
    void refusesTwoLayersOfOneName() {
        ops.linear(new Layer.Linear("proj", Role.QKV, 3, 4, false), x(1, 3));
        refused("proj: found Linear[name=proj, role=FEED_FORWARD, in=3, out=4, bias=false]; "
                + "expected Linear[name=proj, role=QKV, in=3, out=4, bias=false]",
            () -> ops.linear(new Layer.Linear("proj", Role.FEED_FORWARD, 3, 4, false), x(1, 3)));
    }

    @Test
    void elementwiseOperationsBroadcast() {
        assertEquals(x(2, 3, 4), ops.add(x(2, 1, 4), x(3, 1)));
        assertEquals(x(2, 3), ops.mul(x(2, 3), ops.constant(2, DType.FLOAT32)));
        assertEquals(meta(N, Dim.of(4)), ops.sub(x(1, 4), meta(N, Dim.of(1))));
        assertEquals(meta(N.plus(1), Dim.of(4)), ops.div(meta(N.plus(1), Dim.of(4)), meta(Dim.of(1).plus(N), Dim.of(4))));
    }

    @Test
    void refusesExtentsThatDoNotBroadcast() {
        refused("add: found 4; expected 3", () -> ops.add(x(2, 3), x(2, 4)));
        refused("sub: found h; expected n", () -> ops.sub(meta(N), meta(H)));
        refused("mul: found 2; expected n", () -> ops.mul(meta(N), x(2)));
    }

    @Test
    void refusesOperandsOfTwoTypes() {
        Meta half = ops.cast(x(2, 3), DType.FLOAT16);
        refused("div: found FLOAT16 [2, 3]; expected FLOAT32", () -> ops.div(x(2, 3), half));
        refused("matmul: found FLOAT16 [2, 3]; expected FLOAT32", () -> ops.matmul(x(3, 2), half));
        refused("linear: found FLOAT16 [2, 3]; expected FLOAT32", () -> ops.linear(x(1, 3), half));
        refused("concat: found FLOAT16 [2, 3]; expected FLOAT32", () -> ops.concat(0, List.of(x(2, 3), half)));
    }

    @Test
    void constantsHaveAsManyValuesAsTheirShape() {
        assertEquals(new Meta(Shape.of(2, 2), DType.FLOAT16), ops.constant(new float[4], Shape.of(2, 2), DType.FLOAT16));
        assertEquals(new Meta(Shape.of(new long[0]), DType.INT64), ops.constant(1, DType.INT64));
        refused("constant: found [2, 2]; expected 3 values", () -> ops.constant(new float[3], Shape.of(2, 2), DType.FLOAT32));
    }

    @Test
    void reshapingKeepsTheNumberOfElements() {
        Meta x = meta(Dim.of(2), Dim.of(8), H, N);
        Shape tokens = Shape.of(Dim.of(2), H.times(N), Dim.of(8));
        assertEquals(tokens, ops.reshape(x, tokens).shape());
        refused("reshape: found [2, 8, h]; expected as many elements as [2, 8, h, n]", () -> ops.reshape(x, Shape.of(Dim.of(2), Dim.of(8), H)));
        refused("reshape: found [5]; expected as many elements as [2, 3]", () -> ops.reshape(x(2, 3), Shape.of(5)));
    }

    @Test
    void permutingMovesEveryAxis() {
        assertEquals(x(4, 2, 3), ops.permute(x(2, 3, 4), 2, 0, 1));
        assertEquals(x(4, 3, 2), ops.permute(x(2, 3, 4), -1, 1, 0));
        refused("permute: found 2 axes; expected 3", () -> ops.permute(x(2, 3, 4), 0, 1));
        refused("permute: found axes [0, 0, 2]; expected each of 3 once", () -> ops.permute(x(2, 3, 4), 0, 0, 2));
        refused("permute: found axes [0, 2, -1]; expected each of 3 once", () -> ops.permute(x(2, 3, 4), 0, 2, -1));
    }

    @Test
    void concatAddsUpOneAxis() {
        assertEquals(x(2, 7), ops.concat(-1, List.of(x(2, 3), x(2, 4))));
        assertEquals(meta(N.plus(H), Dim.of(4)), ops.concat(0, List.of(meta(N, Dim.of(4)), meta(H, Dim.of(4)))));
        refused("concat: found [3, 4]; expected [2, 3]", () -> ops.concat(1, List.of(x(2, 3), x(3, 4))));
    }

    @Test
    void slicesLieWithinTheAxis() {
        assertEquals(x(2, 2), ops.slice(x(2, 5), 1, 3, 5));
        assertEquals(x(2, 0), ops.slice(x(2, 5), -1, 5, 5));
        refused("slice: found 3 to 6; expected within 5", () -> ops.slice(x(2, 5), 1, 3, 6));
        refused("slice: found -1 to 2; expected within 5", () -> ops.slice(x(2, 5), 1, -1, 2));
        refused("slice: found 3 to 2; expected within 5", () -> ops.slice(x(2, 5), 1, 3, 2));
    }

    @Test
    void expandsAxesOfExtentOne() {
        assertEquals(x(4, 3), ops.expand(x(1, 3), Shape.of(4, 3)));
        assertEquals(meta(N, Dim.of(3)), ops.expand(x(1, 3), Shape.of(N, Dim.of(3))));
        refused("expand: found [2, 3]; expected [4, 3]", () -> ops.expand(x(2, 3), Shape.of(4, 3)));
        refused("expand: found [3]; expected [4, 3]", () -> ops.expand(x(3), Shape.of(4, 3)));
    }

    @Test
    void padsOneAxis() {
        assertEquals(x(2, 6), ops.pad(x(2, 3), -1, 1, 2));
        assertEquals(meta(H.plus(1)), ops.pad(meta(H), 0, 0, 1));
    }

    @Test
    void upsamplingMayReachAnOddSize() {
        assertEquals(x(1, 4, 15, 9), ops.upsampleNearest(x(1, 4, 8, 5), Dim.of(15), Dim.of(9)));
        refused("upsampleNearest: found [4, 8, 5]; expected rank 4", () -> ops.upsampleNearest(x(4, 8, 5), Dim.of(15), Dim.of(9)));
    }

    @Test
    void aStrideRoundsOddSizesUpWithPaddingAndDownWithout() {
        assertEquals(x(1, 5, 8, 4), ops.conv(x(1, 2, 15, 8), x(5, 2, 3, 3), conv(3, 2, 1)));
        assertEquals(x(1, 5, 7, 3), ops.conv(x(1, 2, 15, 8), x(5, 2, 3, 3), conv(3, 2, 0)));
        assertEquals(x(1, 5, 15, 8), ops.conv(x(1, 2, 15, 8), x(5, 2, 1, 1), conv(1, 1, 0)));
        Meta named = ops.conv(meta(Dim.of(1), Dim.of(2), H, H.times(2)), x(5, 2, 3, 3), conv(3, 2, 1));
        assertEquals("[1, 5, floor((h+1)/2), h]", named.shape().toString());
    }

    @Test
    void refusesAConvolutionThatDoesNotFit() {
        refused("c: found [1, 3, 8, 8]; expected 2 channels", () -> ops.conv(x(1, 3, 8, 8), x(5, 2, 3, 3), conv(3, 1, 1)));
        refused("c: found [2, 8, 8]; expected 2 channels", () -> ops.conv(x(2, 8, 8), x(5, 2, 3, 3), conv(3, 1, 1)));
        refused("c.weight: found [5, 2, 1, 1]; expected [5, 2, 3, 3]", () -> ops.conv(x(1, 2, 8, 8), x(5, 2, 1, 1), conv(3, 1, 1)));
        refused("c.bias: found [2]; expected 5", () -> ops.conv(x(1, 2, 8, 8), x(5, 2, 3, 3), x(2), conv(3, 1, 1)));
    }

    @Test
    void linearChangesTheLastAxis() {
        assertEquals(x(2, 7, 5), ops.linear(x(2, 7, 3), x(5, 3), x(5)));
        refused("linear weight: found [3, 5]; expected (out, 3)", () -> ops.linear(x(2, 7, 3), x(3, 5)));
        refused("linear bias: found [3]; expected 5", () -> ops.linear(x(2, 7, 3), x(5, 3), x(3)));
    }

    @Test
    void matmulJoinsTheLastTwoAxes() {
        assertEquals(x(2, 8, 3, 5), ops.matmul(x(2, 8, 3, 4), x(1, 8, 4, 5)));
        refused("matmul: found [2, 5, 4]; expected 4 rows", () -> ops.matmul(x(2, 3, 4), x(2, 5, 4)));
        refused("matmul: found [4, 5]; expected the rank of [2, 3, 4]", () -> ops.matmul(x(2, 3, 4), x(4, 5)));
    }

    @Test
    void normsFitTheirParameters() {
        assertEquals(x(2, 3), ops.layerNorm(x(2, 3), x(3), x(3), 1e-5));
        refused("layerNorm weight: found [2]; expected 3", () -> ops.layerNorm(x(2, 3), x(2), x(3), 1e-5));
        refused("layerNorm bias: found [2]; expected 3", () -> ops.layerNorm(x(2, 3), x(3), x(2), 1e-5));
        refused("rmsNorm weight: found [2]; expected 3", () -> ops.rmsNorm(x(2, 3), x(2), 1e-5));
        assertEquals(x(2, 6, 4, 4), ops.groupNorm(x(2, 6, 4, 4), 3, x(6), x(6), 1e-5));
        refused("groupNorm: found 6 channels; expected a multiple of 4", () -> ops.groupNorm(x(2, 6, 4, 4), 4, x(6), x(6), 1e-5));
        refused("groupNorm weight: found [3]; expected 6", () -> ops.groupNorm(x(2, 6, 4, 4), 3, x(3), x(6), 1e-5));
        refused("groupNorm bias: found [3]; expected 6", () -> ops.groupNorm(x(2, 6, 4, 4), 3, x(6), x(3), 1e-5));
    }

    @Test
    void attentionTakesItsTokensFromTheQueriesAndItsHeadSizeFromTheValues() {
        assertEquals(x(2, 8, 9, 6), ops.attention(x(2, 8, 9, 4), x(2, 8, 7, 4), x(2, 8, 7, 6), 0.5, false));
        refused("attention: found [8, 9, 4]; expected rank 4", () -> ops.attention(x(8, 9, 4), x(8, 7, 4), x(8, 7, 4), 0.5, false));
        refused("attention keys: found [2, 8, 7, 5]; expected head size 4",
            () -> ops.attention(x(2, 8, 9, 4), x(2, 8, 7, 5), x(2, 8, 7, 4), 0.5, false));
        refused("attention values: found [2, 8, 6, 4]; expected 7 tokens",
            () -> ops.attention(x(2, 8, 9, 4), x(2, 8, 7, 4), x(2, 8, 6, 4), 0.5, false));
    }

    @Test
    void looksUpSelectsAndCompares() {
        Meta ids = new Meta(Shape.of(2, 7), DType.INT64);
        assertEquals(x(2, 7, 5), ops.embedding(x(100, 5), ids));
        refused("embedding ids: found FLOAT32; expected INT64", () -> ops.embedding(x(100, 5), x(2, 7)));
        assertEquals(new Meta(Shape.of(2), DType.INT64), ops.argmax(ids, -1));
        assertEquals(new Meta(Shape.of(2, 7), DType.BOOL), ops.equal(ids, ops.constant(3, DType.INT64)));
        assertEquals(x(2, 5), ops.select(x(2, 7, 5), new Meta(Shape.of(2), DType.INT64)));
        refused("select: found [3]; expected 2", () -> ops.select(x(2, 7, 5), new Meta(Shape.of(3), DType.INT64)));
    }

    @Test
    void quantizingTakesAScalarOrAScaleForEachIndex() {
        Meta scalar = ops.constant(0.1, DType.FLOAT32);
        Meta q = ops.quantize(x(5, 3), DType.INT8, x(5), 0);
        assertEquals(new Meta(Shape.of(5, 3), DType.INT8), q);
        assertEquals(new Meta(Shape.of(5, 3), DType.FLOAT8_E4M3), ops.quantize(x(5, 3), DType.FLOAT8_E4M3, scalar, 0));
        assertEquals(x(5, 3), ops.dequantize(q, x(5), 0));
        refused("quantize: found INT32; expected INT8 or FLOAT8_E4M3", () -> ops.quantize(x(5, 3), DType.INT32, scalar, 0));
        refused("scale: found [3]; expected a scalar, or one for each of axis 0 of [5, 3]", () -> ops.quantize(x(5, 3), DType.INT8, x(3), 0));
        refused("scale: found [5]; expected a scalar, or one for each of axis 1 of [5, 3]", () -> ops.dequantize(q, x(5), 1));
        refused("quantize scale: found FLOAT16 []; expected FLOAT32",
            () -> ops.quantize(x(5, 3), DType.INT8, ops.constant(1, DType.FLOAT16), 0));
    }

    @Test
    void softmaxNeedsItsAxis() {
        assertEquals(x(2, 3), ops.softmax(x(2, 3), -1));
        refused("axis of [2, 3]: found 2; expected -2 to 1", () -> ops.softmax(x(2, 3), 2));
    }

    private static Layer.Conv conv(int kernel, int stride, int padding) {
        return new Layer.Conv("c", Role.CONVOLUTION, 2, 5, kernel, stride, padding, false);
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static Meta x(long... sizes) {
        return new Meta(Shape.of(sizes), DType.FLOAT32);
    }

    private static Meta meta(Dim... dims) {
        return new Meta(Shape.of(dims), DType.FLOAT32);
    }
}
