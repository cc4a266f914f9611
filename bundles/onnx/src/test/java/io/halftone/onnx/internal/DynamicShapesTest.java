package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.export.ExportException;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Skips;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph with named dimensions, written once, does for every size what a graph written for that size does. */
class DynamicShapesTest {
    private static final int CHANNELS = 8;

    @TempDir
    Path folder;

    /** A UNet in small: time embedding, residual blocks, transformer with quantized layers, down, and up to the skip's size. */
    private static OnnxValue unet(Ops<OnnxValue> ops, Values<OnnxValue> in) {
        Scope<OnnxValue> s = new Scope<>(ops);
        OnnxValue sample = in.get("sample");
        Dim batch = ops.shape(sample).dim(0);
        OnnxValue time = ops.expand(ops.reshape(in.get("timestep"), Shape.of(1, 1)), Shape.of(batch, Dim.of(1)));
        OnnxValue angles = ops.mul(time, ops.constant(new float[] {1, 0.1f, 0.01f, 0.001f}, Shape.of(1, 4), ops.dtype(time)));
        OnnxValue waves = ops.concat(-1, List.of(ops.cos(angles), ops.sin(angles)));
        OnnxValue temb = s.linear("time_embedding", CHANNELS, Role.EMBEDDING, ops.silu(waves));
        Skips<OnnxValue> skips = new Skips<>(ops);
        OnnxValue hidden = s.conv("conv_in", CHANNELS, 3, 1, 1, Role.INPUT, sample);
        for (int level = 0; level < 2; level++) {
            OnnxValue x = hidden;
            hidden = s.within("down_blocks." + level, b -> transformer(b, resnet(b, x, temb), in.get("encoder_hidden_states")));
            skips.push(hidden);
            hidden = s.conv("down_blocks." + level + ".conv", CHANNELS, 3, 2, 1, Role.CONVOLUTION, hidden);
        }
        for (int level = 0; level < 2; level++) {
            OnnxValue skip = skips.pop();
            Shape size = ops.shape(skip);
            OnnxValue larger = ops.upsampleNearest(hidden, size.dim(2), size.dim(3));
            OnnxValue joined = ops.concat(1, List.of(larger, skip));
            hidden = s.conv("up_blocks." + level + ".conv", CHANNELS, 3, 1, 1, Role.CONVOLUTION, joined);
        }
        return s.conv("conv_out", 4, 3, 1, 1, Role.OUTPUT, ops.silu(s.groupNorm("norm_out", hidden, 4, 1e-5)));
    }

    private static OnnxValue resnet(Scope<OnnxValue> b, OnnxValue x, OnnxValue temb) {
        var o = b.ops();
        OnnxValue shift = b.linear("time_emb_proj", CHANNELS, Role.MODULATION, o.silu(temb));
        OnnxValue column = o.reshape(shift, new Shape(List.of(o.shape(shift).dim(0), Dim.of(CHANNELS), Dim.of(1), Dim.of(1))));
        return o.add(x, o.add(b.conv("conv1", CHANNELS, 3, 1, 1, Role.CONVOLUTION, o.silu(b.groupNorm("norm1", x, 4, 1e-5))), column));
    }

    private static OnnxValue transformer(Scope<OnnxValue> b, OnnxValue x, OnnxValue text) {
        var o = b.ops();
        Shape s = o.shape(x);
        OnnxValue tokens = o.reshape(o.permute(x, 0, 2, 3, 1), Shape.of(s.dim(0), s.dim(2).times(s.dim(3)), s.dim(1)));
        OnnxValue normal = b.layerNorm("norm", tokens, 1e-5);
        OnnxValue q = b.splitHeads(quantized(b, "to_q", normal), 2);
        OnnxValue k = b.splitHeads(b.linear("to_k", CHANNELS, false, Role.QKV, text), 2);
        OnnxValue v = b.splitHeads(b.linear("to_v", CHANNELS, false, Role.QKV, text), 2);
        OnnxValue attended = o.add(tokens, b.mergeHeads(b.attention(q, k, v)));
        Shape back = Shape.of(s.dim(0), s.dim(2), s.dim(3), s.dim(1));
        return o.permute(o.reshape(attended, back), 0, 3, 1, 2);
    }

    private static OnnxValue quantized(Scope<OnnxValue> b, String name, OnnxValue x) {
        var o = b.ops();
        var layer = new Layer.Linear(b.path() + "." + name, Role.QKV, CHANNELS, CHANNELS, true);
        OnnxValue in = o.constant(0.03, DType.FLOAT32);
        float[] scales = new float[CHANNELS];
        Arrays.fill(scales, 0.015f);
        OnnxValue w = o.constant(scales, Shape.of(CHANNELS), DType.FLOAT32);
        OnnxValue weight = o.parameter(layer.name() + ".weight", layer.weightShape());
        return o.linear(layer, o.dequantize(o.quantize(x, DType.INT8, in, 0), in, 0),
            o.dequantize(o.quantize(weight, DType.INT8, w, 0), w, 0));
    }

    private static TestJob job(Object batch, Object height, Object width, Object tokens) {
        TestJob job = new TestJob(DType.FLOAT32, DynamicShapesTest::unet).input("sample", batch, 4, height, width).input("timestep", 1)
            .input("encoder_hidden_states", batch, tokens, 6).output(batch, 4, height, width);
        long c = CHANNELS;
        layer(job, "time_embedding", c, 8);
        layer(job, "conv_in", c, 4, 3, 3);
        layer(job, "conv_out", 4, c, 3, 3);
        layer(job, "norm_out", c);
        for (int level = 0; level < 2; level++) {
            String down = "down_blocks." + level + ".";
            layer(job, down + "time_emb_proj", c, c);
            layer(job, down + "norm1", c);
            layer(job, down + "norm", c);
            layer(job, down + "conv1", c, c, 3, 3);
            layer(job, down + "conv", c, c, 3, 3);
            layer(job, down + "to_q", c, c);
            job.random(down + "to_k.weight", c, 6).random(down + "to_v.weight", c, 6);
            layer(job, "up_blocks." + level + ".conv", c, 2 * c, 3, 3);
            job.quantizes("down_blocks." + level + ".to_q");
        }
        return job;
    }

    private static void layer(TestJob job, String name, long... shape) {
        job.random(name + ".weight", shape).random(name + ".bias", shape[0]);
    }

    @Test
    void oneFileRunsAtEverySizeAndBatch() throws IOException {
        var dynamic = new OnnxExporter().export(job("batch", "height", "width", "tokens"), folder);
        for (long[] size : new long[][] {{1, 8, 8, 5}, {2, 16, 12, 3}, {3, 9, 13, 7}, {1, 7, 6, 1}, {2, 1, 2, 4}}) {
            Map<String, TensorView> inputs = new LinkedHashMap<>();
            inputs.put("sample", TensorView.ofFloats(TestJob.random(1, (int) (size[0] * 4 * size[1] * size[2])), size[0], 4, size[1],
                size[2]));
            inputs.put("timestep", TensorView.ofFloats(new float[] {500}, 1));
            inputs.put("encoder_hidden_states", TensorView.ofFloats(TestJob.random(2, (int) (size[0] * size[3] * 6)), size[0], size[3], 6));
            TensorView y = Runtime.run(dynamic, inputs);
            Path own = Files.createDirectory(folder.resolve(size[0] + "-" + size[1] + "-" + size[2]));
            TensorView expected = Runtime.run(job(size[0], size[1], size[2], size[3]), own, inputs);
            assertArrayEquals(new long[] {size[0], 4, size[1], size[2]}, y.shape());
            assertArrayEquals(expected.toFloats(), y.toFloats(), 1e-5f, "at " + Arrays.toString(size));
        }
    }

    @Test
    void aGraphForOneSizeComputesNoShapes() throws IOException {
        var fixed = OnnxVerifier.read(new OnnxExporter().export(job(1, 8, 8, 5), folder).model());
        assertEquals(0, fixed.count("Shape"));
    }

    @Test
    void equalExtentsAreComputedOnce() throws IOException {
        var dynamic = OnnxVerifier.read(new OnnxExporter().export(job("batch", "height", "width", "tokens"), folder).model());
        assertEquals(3 + 3, dynamic.count("Shape"), "batch, height and width, and one for each group norm");
    }

    /** A window, and what lies behind it, as models cut text from picture tokens. */
    @Test
    void aSliceFollowsTheNumberOfTokens() throws IOException {
        Dim text = Dim.named("text");
        Dim image = Dim.named("image");
        Dim joint = text.plus(image);
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> {
            OnnxValue all = o.concat(1, List.of(in.get("a"), in.get("b")));
            OnnxValue picture = o.slice(all, 1, text, joint);
            OnnxValue words = o.slice(all, -2, Dim.of(0), text);
            OnnxValue odd = o.slice(all, 1, joint.minus(image.floorDiv(2)), joint);
            return o.concat(1, List.of(picture, words, odd));
        }).input("a", "batch", text, 2).input("b", "batch", image, 2).output("batch", joint.plus(image.floorDiv(2)), 2);
        var report = new OnnxExporter().export(job, folder);
        for (int[] size : new int[][] {{1, 3, 4}, {2, 1, 7}, {3, 5, 1}}) {
            float[] a = TestJob.random(1, size[0] * size[1] * 2);
            float[] b = TestJob.random(2, size[0] * size[2] * 2);
            TensorView y = Runtime.run(report, Map.of("a", TensorView.ofFloats(a, size[0], size[1], 2),
                "b", TensorView.ofFloats(b, size[0], size[2], 2)));
            int half = size[2] / 2;
            assertArrayEquals(new long[] {size[0], size[1] + size[2] + half, 2}, y.shape());
            float[] expected = new float[y.toFloats().length];
            for (int batch = 0, at = 0; batch < size[0]; batch++) {
                System.arraycopy(b, batch * size[2] * 2, expected, at, size[2] * 2);
                System.arraycopy(a, batch * size[1] * 2, expected, at + size[2] * 2, size[1] * 2);
                System.arraycopy(b, (batch * size[2] + size[2] - half) * 2, expected, at + (size[1] + size[2]) * 2, half * 2);
                at += (size[1] + size[2] + half) * 2;
            }
            assertArrayEquals(expected, y.toFloats(), "at " + Arrays.toString(size));
        }
    }

    @Test
    void aSliceOfNumbersComputesNoShapes() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.slice(in.get("x"), -1, 1, 3)).input("x", "batch", 4).output("batch", 2);
        var report = new OnnxExporter().export(job, folder);
        assertEquals(0, OnnxVerifier.read(report.model()).count("Shape"));
        TensorView x = TensorView.ofFloats(new float[] {1, 2, 3, 4}, 1, 4);
        assertArrayEquals(new float[] {2, 3}, Runtime.run(report, Map.of("x", x)).toFloats());
    }

    @Test
    void aCausalMaskFollowsTheNumberOfTokens() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.attention(in.get("x"), in.get("x"), in.get("x"), 1, true))
            .input("x", 1, 1, "tokens", 1).output(1, 1, "tokens", 1);
        TensorView y = Runtime.run(job, folder, Map.of("x", TensorView.host(DType.FLOAT32, new long[] {1, 1, 2, 1},
            ByteBuffer.wrap(Elements.encode(new float[] {0, 5}, DType.FLOAT32)))));
        assertArrayEquals(new float[] {0, 5}, y.toFloats(), 1e-6f);
    }

    @Test
    void aQuotientBelowZeroIsRoundedDown() throws IOException {
        Dim height = Dim.named("height");
        Dim extent = height.times(-1).plus(9).floorDiv(2).plus(10);
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.expand(o.slice(in.get("x"), 0, 0, 1), Shape.of(extent))).input("x", height)
            .output(extent);
        for (int h : new int[] {1, 8, 9, 10, 12, 13}) {
            Path own = Files.createDirectory(folder.resolve("h" + h));
            TensorView y = Runtime.run(job, own, Map.of("x", TensorView.ofFloats(new float[h], h)));
            assertArrayEquals(new long[] {Math.floorDiv(9 - h, 2) + 10}, y.shape());
        }
    }

    @Test
    void aDimensionThatNoInputHasIsRefused() {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.expand(in.get("x"), TestJob.shape("width"))).input("x", 1).output("width");
        ExportException e = assertThrows(ExportException.class, () -> new OnnxExporter().export(job, folder));
        assertEquals("dimension width: found no input with an axis of it; expected one of [x[1]]", e.getMessage());
    }

    @Test
    void anOutputOfAnotherShapeThanItsSignatureIsRefused() {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> in.get("x")).input("x", "width").output("height");
        ExportException e = assertThrows(ExportException.class, () -> new OnnxExporter().export(job, folder));
        assertEquals("output y: found [width] FLOAT32; expected [height] FLOAT32", e.getMessage());
    }
}
