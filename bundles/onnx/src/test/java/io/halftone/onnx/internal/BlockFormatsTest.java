package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport;
import io.halftone.export.ExportReport.Codes;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers rounded in blocks, as TensorRT takes them. No runtime at hand runs them, so what a weight is read back to is computed
 * here from the file, node by node.
 */
class BlockFormatsTest {
    private static final Layer.Linear FC = new Layer.Linear("fc", Role.FEED_FORWARD, 64, 48, true);
    private static final Map<String, Set<Slot>> PLANNED = Map.of("fc", Set.of(Slot.INPUT, Slot.WEIGHT));
    private static final float INPUT_SCALE = 3f / 2688;
    private static final float WEIGHT_SCALE = 2f / 2688;

    @TempDir
    Path folder;

    private static TestJob job(DType type, Blocks blocks, int rank) {
        TestJob job = new TestJob(type, (o, in) -> o.linear(FC,
            o.roundBlocks(in.get("x"), blocks, o.constant(INPUT_SCALE, DType.FLOAT32)),
            o.roundBlocks(o.parameter("fc.weight", FC.weightShape()), blocks, o.constant(WEIGHT_SCALE, DType.FLOAT32))));
        job.random("fc.weight", 48, 64).random("fc.bias", 48).quantizes("fc");
        return rank == 2 ? job.input("x", "batch", 64).output("batch", 48) : job.input("x", "batch", 7, 64).output("batch", 7, 48);
    }

    private ModelProto export(TestJob job) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(new OnnxExporter().export(job, folder).model()));
    }

    private static List<String> operators(ModelProto model) {
        return model.getGraph().getNodeList().stream().map(NodeProto::getOpType).toList();
    }

    @Test
    void fourBitFloatsAreStandardPairsBehindADynamicQuantization() throws IOException {
        ModelProto model = export(job(DType.FLOAT16, BlockEncodingTest.NVFP4, 3));
        assertEquals(List.of("TRT_FP4DynamicQuantize", "DequantizeLinear", "DequantizeLinear", "Cast", "DequantizeLinear",
            "DequantizeLinear", "Cast", "Transpose", "MatMul", "Add", "Identity"), operators(model));
        NodeProto quantize = node(model, "TRT_FP4DynamicQuantize");
        assertEquals("trt", quantize.getDomain());
        assertEquals(2, quantize.getOutputCount());
        assertEquals(Map.of("axis", -1L, "block_size", 16L, "scale_type", 17L), attributes(quantize));
        assertEquals(Map.of("axis", -1L, "block_size", 16L), attributes(node(model, "DequantizeLinear_1")));
        assertEquals(23, model.getOpsetImport(0).getVersion());
        assertEquals("trt", model.getOpsetImport(1).getDomain());
        assertEquals(11, model.getIrVersion());
    }

    @Test
    void float8InBlocksNeedsNoLaterOperatorSet() throws IOException {
        ModelProto model = export(job(DType.FLOAT16, BlockEncodingTest.MXFP8, 2));
        assertEquals(List.of("TRT_MXFP8DynamicQuantize", "TRT_MXFP8DequantizeLinear", "TRT_MXFP8DequantizeLinear", "Gemm", "Identity"),
            operators(model));
        assertEquals(Map.of("axis", -1L, "block_size", 32L, "output_dtype", 17L), attributes(node(model, "TRT_MXFP8DynamicQuantize")));
        assertEquals(Map.of("axis", -1L, "block_size", 32L, "output_dtype", 10L), attributes(node(model, "fc/TRT_MXFP8DequantizeLinear")));
        assertEquals(19, model.getOpsetImport(0).getVersion());
        assertEquals(9, model.getIrVersion());
    }

    @Test
    void weightsAreReadBackToWhatCalibrationRanBitForBit() throws IOException {
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT16)) {
            for (Blocks blocks : List.of(BlockEncodingTest.NVFP4, BlockEncodingTest.MXFP8)) {
                TestJob job = job(type, blocks, 3);
                float[] expected = BlockEncodingTest.inLibtorch(type, job.read("fc.weight").toFloats(), blocks, WEIGHT_SCALE, 48, 64);
                ModelProto model = export(job);
                Tensors tensors = new Tensors(model.getGraph().getInitializerList(), folder);
                float[] found = blocks == BlockEncodingTest.NVFP4 ? fourBit(tensors) : powers(tensors);
                for (int i = 0; type == DType.FLOAT16 && i < found.length; i++) {
                    found[i] = Float16.toFloat(Float16.fromFloat(found[i]));
                }
                assertArrayEquals(expected, found, type + " " + blocks);
            }
        }
    }

    /** Two DequantizeLinear: 8-bit scales by the tensor's, 4-bit codes by these; codes from the low half of each byte. */
    private static float[] fourBit(Tensors tensors) throws IOException {
        byte[] codes = tensors.bytes(tensors.get("fc.weight_quantized", "test"));
        byte[] scales = tensors.bytes(tensors.get("fc.weight_scale", "test"));
        float unit = tensors.floats(tensors.get("fc.weight_tensor_scale", "test"))[0];
        float[] magnitudes = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
        float[] values = new float[2 * codes.length];
        for (int i = 0; i < values.length; i++) {
            int code = codes[i / 2] >> 4 * (i % 2) & 15;
            values[i] = (code > 7 ? -magnitudes[code - 8] : magnitudes[code]) * (Float8.toFloat(scales[i / 16]) * unit);
        }
        return values;
    }

    private static float[] powers(Tensors tensors) throws IOException {
        byte[] codes = tensors.bytes(tensors.get("fc.weight_quantized", "test"));
        byte[] scales = tensors.bytes(tensors.get("fc.weight_scale", "test"));
        float[] values = new float[codes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float8.toFloat(codes[i]) * Math.scalb(1f, (scales[i / 32] & 0xff) - 127);
        }
        return values;
    }

    @Test
    void theReportSaysHowManyScalesTheFileHas() throws IOException {
        ExportReport fp4 = new OnnxExporter().export(job(DType.FLOAT16, BlockEncodingTest.NVFP4, 3), folder);
        assertEquals(Map.of(Slot.INPUT, new Codes("FLOAT4E2M1", 0, Float.NaN), Slot.WEIGHT, new Codes("FLOAT4E2M1", 48 * 4, Float.NaN)),
            fp4.quantized().get(0).slots());
        ExportReport mxfp8 = new OnnxExporter().export(job(DType.FLOAT16, BlockEncodingTest.MXFP8, 2), folder);
        assertEquals(Map.of(Slot.INPUT, new Codes("FLOAT8E4M3FN", 0, Float.NaN), Slot.WEIGHT, new Codes("FLOAT8E4M3FN", 48 * 2, Float.NaN)),
            mxfp8.quantized().get(0).slots());
    }

    @Test
    void blocksThatNoOperatorHasAreRefused() {
        Blocks blocks = new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E8M0);
        ExportException e = assertThrows(ExportException.class, () -> export(job(DType.FLOAT16, blocks, 3)));
        assertEquals("blocks: found elements E2M1 with scales E8M0; expected E2M1 with E4M3 or E4M3 with E8M0", e.getMessage());
    }

    @Test
    void scalesOfOtherBlocksAreRefused() throws IOException {
        export(job(DType.FLOAT16, BlockEncodingTest.NVFP4, 3));
        assertRefused("fc/DequantizeLinear_1: found scales [48, 4]; expected [48, 2]",
            m -> node(m, "fc/DequantizeLinear_1").getAttributeBuilder(1).setI(32));
    }

    @Test
    void anInputReadBackByAnotherScaleIsRefused() throws IOException {
        export(job(DType.FLOAT16, BlockEncodingTest.NVFP4, 3));
        assertRefused("DequantizeLinear_1: found tensor scale fc.weight_tensor_scale; expected constant, as its codes have it",
            m -> node(m, "DequantizeLinear").setInput(1, "fc.weight_tensor_scale"));
    }

    @Test
    void fourBitFloatsNeedTheirOperatorSet() throws IOException {
        export(job(DType.FLOAT16, BlockEncodingTest.NVFP4, 3));
        assertRefused("DequantizeLinear_1: found 4-bit floats in opset 19; expected opset 23 at least",
            m -> m.getOpsetImportBuilder(0).setVersion(19));
    }

    @Test
    void aDomainThatIsNotDeclaredIsRefused() throws IOException {
        export(job(DType.FLOAT16, BlockEncodingTest.MXFP8, 3));
        assertRefused("TRT_MXFP8DynamicQuantize: found domain trt; expected one of []", m -> m.removeOpsetImport(1));
    }

    private void assertRefused(String message, Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder builder = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("backbone.onnx"))).toBuilder();
        change.accept(builder);
        Path changed = Files.write(folder.resolve("changed.onnx"), builder.build().toByteArray());
        assertEquals(message, assertThrows(ExportException.class, () -> OnnxVerifier.read(changed).verify(PLANNED)).getMessage());
    }

    private static NodeProto node(ModelProto model, String name) {
        return model.getGraph().getNodeList().stream().filter(n -> n.getName().equals(name)).findFirst().orElseThrow();
    }

    private static NodeProto.Builder node(ModelProto.Builder model, String name) {
        return model.getGraphBuilder().getNodeBuilderList().stream().filter(n -> n.getName().equals(name)).findFirst().orElseThrow();
    }

    private static Map<String, Long> attributes(NodeProto node) {
        Map<String, Long> attributes = new TreeMap<>();
        node.getAttributeList().forEach(a -> attributes.put(a.getName(), a.getI()));
        return attributes;
    }
}
