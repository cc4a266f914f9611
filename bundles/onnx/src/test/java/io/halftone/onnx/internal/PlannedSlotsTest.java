package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport;
import io.halftone.export.ExportReport.Codes;
import io.halftone.export.ExportReport.QuantizedLayer;
import io.halftone.format.fp8.internal.Fp8Format;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Rounded;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A written layer rounds what was planned for it, and nothing else: in attentions, of weights alone, beside low-rank parts. */
class PlannedSlotsTest {
    private static final QuantFormat FP8 = new Fp8Format();
    private static final Layer.Attention ATTENTION = new Layer.Attention("block.attn", Role.ATTENTION, 2, 16, 0.25, false);
    private static final Layer.Linear FC = new Layer.Linear("block.fc", Role.FEED_FORWARD, 8, 8, false);
    private static final Set<Slot> OPERANDS = Set.of(Slot.QUERY, Slot.KEY, Slot.SOFTMAX, Slot.VALUE);
    private static final String EXPECTED = "; expected a Q/DQ pair on every planned tensor and on no other";

    @TempDir
    Path folder;

    /** An attention that rounds some of its operands. */
    private static TestJob attention(DType type, Set<Slot> rounded) {
        Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
        rounded.forEach(slot -> ranges.put(slot, Range.of(slot == Slot.SOFTMAX ? 1 : 2)));
        TestJob job = new TestJob(type, (o, in) -> o.region("block.attn",
            () -> List.of(new Rounded(FP8, ranges).attention(o, ATTENTION, in.get("q"), in.get("k"), in.get("v")))).get(0));
        return operands(job);
    }

    private static TestJob operands(TestJob job) {
        return job.input("q", "batch", 2, "tokens", 16).input("k", "batch", 2, "keys", 16).input("v", "batch", 2, "keys", 16)
            .output("batch", 2, "tokens", 16).quantizes("block.attn", OPERANDS.toArray(Slot[]::new));
    }

    private ExportReport export(TestJob job) throws IOException {
        return new OnnxExporter().export(job, folder);
    }

    private static List<String> operators(ModelProto model) {
        return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    @Test
    void anAttentionRoundsBothOperandsOfBothProducts() throws IOException {
        ExportReport report = export(attention(DType.FLOAT16, OPERANDS));
        QuantizedLayer layer = report.quantized().get(0);
        assertEquals(OPERANDS, layer.slots().keySet());
        assertEquals("MatMul", layer.operator());
        // 1 / 448 rounded up to float16
        assertEquals(new Codes("FLOAT8E4M3FN", 1, Float16.toFloat((short) 0x1893)), layer.slots().get(Slot.SOFTMAX));
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(report.model()));
        assertEquals(List.of("QuantizeLinear", "DequantizeLinear", "Transpose", "QuantizeLinear", "DequantizeLinear",
            "Cast", "Cast", "MatMul", "Cast", "Softmax", "QuantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear",
            "Cast", "Cast", "MatMul", "Cast", "Identity"), operators(model));
        assertEquals(List.of(1L, 1L, 10L, 1L, 1L, 10L), model.getGraph().getNodeList().stream().filter(n -> n.getOpType().equals("Cast"))
            .map(n -> n.getAttribute(0).getI()).toList(), "to FLOAT, and back to FLOAT16");
        assertEquals(19, model.getOpsetImport(0).getVersion());
    }

    @Test
    void anAttentionInFloat32HasNoCasts() throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(export(attention(DType.FLOAT32, OPERANDS)).model()));
        assertEquals(List.of("QuantizeLinear", "DequantizeLinear", "Transpose", "QuantizeLinear", "DequantizeLinear", "MatMul",
            "Softmax", "QuantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear", "MatMul", "Identity"), operators(model));
    }

    @Test
    void anAttentionThatLeavesAnOperandIsRefused() {
        for (Slot left : OPERANDS) {
            Set<Slot> rounded = new HashSet<>(OPERANDS);
            rounded.remove(left);
            ExportException e = assertThrows(ExportException.class, () -> export(attention(DType.FLOAT16, rounded)));
            assertEquals("quantized layers: found 1 that are not as planned: block.attn (none on " + left.suffix() + ")" + EXPECTED,
                e.getMessage());
        }
    }

    @Test
    void aTransposeBehindThePairOfTheKeysIsRefused() {
        TestJob late = new TestJob(DType.FLOAT32, (o, in) -> o.region("block.attn", () -> {
            OnnxValue k = o.permute(FP8.roundTrip(o, in.get("k"), Range.of(2)), 0, 1, 3, 2);
            OnnxValue p = o.softmax(o.matmul(FP8.roundTrip(o, in.get("q"), Range.of(2)), k), -1);
            return List.of(o.matmul(FP8.roundTrip(o, p, Range.of(1)), FP8.roundTrip(o, in.get("v"), Range.of(2))));
        }).get(0));
        operands(late);
        ExportException e = assertThrows(ExportException.class, () -> export(late));
        assertEquals("quantized layers: found 1 that are not as planned: block.attn (none on k_bmm_quantizer)" + EXPECTED, e.getMessage());
    }

    @Test
    void anAttentionThatWasNotRewrittenIsRefused() {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.attention(ATTENTION, in.get("q"), in.get("q"), in.get("q")))
            .input("q", 1, 2, 4, 16).output(1, 2, 4, 16).quantizes("block.attn", Slot.QUERY, Slot.SOFTMAX);
        ExportException e = assertThrows(ExportException.class, () -> export(job));
        assertEquals("quantized layers: found 1 that are not as planned: block.attn (none on q_bmm_quantizer, none on softmax_quantizer)"
            + EXPECTED, e.getMessage());
    }

    @Test
    void anAttentionUnderNoSuchNameIsRefused() {
        TestJob job = attention(DType.FLOAT32, OPERANDS).quantizes("other.attn", Slot.QUERY);
        ExportException e = assertThrows(ExportException.class, () -> export(job));
        assertTrue(e.getMessage().contains("other.attn (no operator)"), e.getMessage());
    }

    /** A layer in whose place something else runs. */
    private static TestJob linear(LayerRewrite rewrite, Slot... planned) {
        return new TestJob(DType.FLOAT32, (o, in) -> o.region("block",
            () -> List.of(rewrite.linear(o, FC, in.get("x"), o.parameter("block.fc.weight", FC.weightShape())))).get(0))
            .input("x", "batch", 3, 8).output("batch", 3, 8).random("block.fc.weight", 8, 8).quantizes("block.fc", planned);
    }

    @Test
    void weightsAloneHaveAPairOnTheWeightAlone() throws IOException {
        ExportReport report = export(linear(new Rounded(FP8, Map.of(Slot.WEIGHT, Range.of(2))), Slot.WEIGHT));
        assertEquals(Set.of(Slot.WEIGHT), report.quantized().get(0).slots().keySet());
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(report.model()));
        assertEquals(List.of("DequantizeLinear", "MatMul", "Identity"), operators(model));
    }

    @Test
    void anInputThatWasToStayAsItIsIsRefusedBehindAPair() {
        var both = new Rounded(FP8, Map.of(Slot.WEIGHT, Range.of(2), Slot.INPUT, Range.of(2)));
        ExportException e = assertThrows(ExportException.class, () -> export(linear(both, Slot.WEIGHT)));
        assertEquals("quantized layers: found 1 that are not as planned: block.fc (one on input_quantizer)" + EXPECTED, e.getMessage());
    }

    /** What a low-rank part leaves goes through 8 bits; the part itself stays as it is. */
    private record LowRank(Rounded rest, boolean first) implements LayerRewrite {
        @Override
        public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T weight) {
            String prefix = layer.name() + ".weight_quantizer.";
            T a = ops.parameter(prefix + "svdquant_lora_a", Shape.of(2, layer.in()));
            T b = ops.parameter(prefix + "svdquant_lora_b", Shape.of(layer.out(), 2));
            T part = first ? ops.linear(ops.linear(x, a), b) : null;
            T remaining = rest.linear(ops, layer, x, weight);
            return ops.add(remaining, first ? part : ops.linear(ops.linear(x, a), b));
        }
    }

    @Test
    void theProductOfALayerIsFoundBesideItsLowRankPart() throws IOException {
        var rest = new Rounded(FP8, Map.of(Slot.WEIGHT, Range.of(2), Slot.INPUT, Range.of(2)));
        float[] x = TestJob.random(1, 24);
        for (boolean first : new boolean[] {true, false}) {
            TestJob job = linear(new LowRank(rest, first), Slot.INPUT, Slot.WEIGHT);
            job.random("block.fc.weight_quantizer.svdquant_lora_a", 2, 8).random("block.fc.weight_quantizer.svdquant_lora_b", 8, 2);
            ExportReport report = export(job);
            assertEquals("block.fc", report.quantized().get(0).name());
            float scale = report.quantized().get(0).slots().get(Slot.INPUT).scale();
            float[] y = Runtime.run(report, Map.of("x", TensorView.ofFloats(x, 1, 3, 8))).toFloats();
            assertArrayEquals(expected(job, x, scale), y, 1e-5f);
        }
    }

    /** Input and weight have the same range, and so the same scale. */
    private static float[] expected(TestJob job, float[] x, float scale) {
        float[] w = job.read("block.fc.weight").toFloats();
        float[] a = job.read("block.fc.weight_quantizer.svdquant_lora_a").toFloats();
        float[] b = job.read("block.fc.weight_quantizer.svdquant_lora_b").toFloats();
        float[] y = new float[24];
        for (int i = 0; i < 24; i++) {
            int row = i / 8, out = i % 8;
            for (int in = 0; in < 8; in++) {
                float value = x[8 * row + in];
                y[i] += rounded(value, scale) * rounded(w[8 * out + in], scale);
                y[i] += value * (a[in] * b[2 * out] + a[8 + in] * b[2 * out + 1]);
            }
        }
        return y;
    }

    private static float rounded(float value, float scale) {
        return Float8.toFloat(Float8.fromFloat(value / scale)) * scale;
    }
}
