package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.halftone.export.ExportException;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.quant.Slot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that was changed behind the exporter's back is refused, with what is wrong with it. */
class OnnxVerifierTest {
    private static final Layer.Linear FC = new Layer.Linear("fc", Role.FEED_FORWARD, 64, 32, true);

    private static final String EXPECTED = "; expected a Q/DQ pair on every planned tensor and on no other";

    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void export() throws IOException {
        TestJob job = new TestJob(DType.FLOAT16, (o, in) -> {
            float[] scales = new float[32];
            Arrays.fill(scales, 0.02f);
            OnnxValue scale = o.constant(scales, Shape.of(32), DType.FLOAT16);
            OnnxValue weight = o.dequantize(o.quantize(o.parameter("fc.weight", FC.weightShape()), DType.INT8, scale, 0), scale, 0);
            return o.linear(o.linear(FC, rounded(o, in.get("x")), weight), o.parameter("out.weight", Shape.of(32, 32)));
        });
        job.input("x", "batch", 64).output("batch", 32).random("fc.weight", 32, 64).random("fc.bias", 32).random("out.weight", 32, 32);
        model = new OnnxExporter().export(job, folder).model();
    }

    private static OnnxValue rounded(Ops<OnnxValue> o, OnnxValue x) {
        OnnxValue scale = o.constant(0.05, DType.FLOAT16);
        return o.dequantize(o.quantize(x, DType.INT8, scale, 0), scale, 0);
    }

    @Test
    void theFileAsWrittenPasses() throws IOException {
        assertEquals(1, OnnxVerifier.read(model).verify(planned("fc")).size());
    }

    @Test
    void everyLayerWithoutAPairIsNamed() {
        assertRefused("quantized layers: found 2 that are not as planned: conv (no operator), out (no operator)" + EXPECTED,
            m -> {}, "fc", "conv", "out");
    }

    @Test
    void aLayerWhoseInputLostItsPairIsNamed() {
        assertRefused("quantized layers: found 1 that are not as planned: fc (none on input_quantizer)" + EXPECTED,
            m -> node(m, "fc/Gemm").setInput(0, "x"), "fc");
    }

    @Test
    void aPairOfTwoScalesIsNone() {
        assertRefused("quantized layers: found 1 that are not as planned: fc (none on input_quantizer)" + EXPECTED, m -> {
            graph(m).addInitializer(tensor(m, "constant").clone().setName("other").setRawData(half(0x2000)));
            node(m, "DequantizeLinear").setInput(1, "other");
        }, "fc");
    }

    @Test
    void valuesUsedBeforeTheyAreMadeAreRefused() {
        assertRefused("fc/Gemm: found input nowhere; expected a value made before", m -> node(m, "fc/Gemm").setInput(0, "nowhere"));
    }

    @Test
    void twoValuesOfOneNameAreRefused() {
        assertRefused("value QuantizeLinear: found two of that name; expected one", m -> node(m, "fc/Add").setOutput(0, "QuantizeLinear"));
    }

    @Test
    void initializersThatNothingUsesAreRefused() {
        assertRefused("initializer left: found no node that uses it; expected one",
            m -> graph(m).addInitializer(tensor(m, "constant").clone().setName("left")));
    }

    @Test
    void float16ScalesNeedTheirOpset() {
        assertRefused("QuantizeLinear: found INT8 with scale FLOAT16 in opset 17; expected opset 19 at least",
            m -> m.getOpsetImportBuilder(0).setVersion(17));
    }

    @Test
    void aZeroPointOtherThanZeroIsRefused() {
        assertRefused("QuantizeLinear: found zero point 3; expected 0",
            m -> tensor(m, node(m, "QuantizeLinear").getInput(2)).setRawData(ByteString.copyFrom(new byte[] {3})));
    }

    @Test
    void aScaleOfZeroIsRefused() {
        assertRefused("QuantizeLinear: found scale 0.0; expected finite and > 0", m -> tensor(m, "constant").setRawData(half(0)));
    }

    @Test
    void scalesOnTheWrongAxisAreRefused() {
        assertRefused("fc/DequantizeLinear: found 32 scales on axis 1 of [32, 64]; expected one for each index",
            m -> node(m, "fc/DequantizeLinear").getAttributeBuilder(0).setI(1));
    }

    @Test
    void tensorsBehindTheEndOfTheDataAreRefused() throws IOException {
        try (FileChannel data = FileChannel.open(folder.resolve("backbone.onnx_data"), StandardOpenOption.WRITE)) {
            data.truncate(5000);
        }
        assertRefused("out.weight: found bytes up to 6144; expected at most 5000, the size of backbone.onnx_data", m -> {});
    }

    @Test
    void tensorsThatOverlapAreRefused() {
        assertRefused("out.weight: found offset 2000; expected at least 2048, the end of fc.weight_quantized",
            m -> tensor(m, "out.weight").getExternalDataBuilder(1).setValue("2000"));
    }

    @Test
    void aTensorWithoutTheBytesOfItsShapeIsRefused() {
        assertRefused("out.weight: found 2046 bytes; expected 2048",
            m -> tensor(m, "out.weight").getExternalDataBuilder(2).setValue("2046"));
    }

    @Test
    void dataOutsideTheFolderIsRefused() {
        assertRefused("out.weight: found location ../secret; expected the name of a file beside the model",
            m -> tensor(m, "out.weight").getExternalDataBuilder(0).setValue("../secret"));
    }

    @Test
    void dataBehindASymbolicLinkIsRefused() throws IOException {
        Path data = folder.resolve("backbone.onnx_data");
        Path elsewhere = Files.move(data, folder.resolve("elsewhere"));
        Files.createSymbolicLink(data, elsewhere);
        assertRefused("backbone.onnx_data: found no such file beside the model; expected the external data", m -> {});
    }

    private void assertRefused(String message, Consumer<ModelProto.Builder> change, String... layers) {
        ExportException e = assertThrows(ExportException.class, () -> {
            ModelProto.Builder builder = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
            change.accept(builder);
            Path changed = Files.write(folder.resolve("changed.onnx"), builder.build().toByteArray());
            OnnxVerifier.read(changed).verify(planned(layers));
        });
        assertEquals(message, e.getMessage());
    }

    /** Input and weight of each of these layers. */
    private static Map<String, Set<Slot>> planned(String... layers) {
        Map<String, Set<Slot>> planned = new LinkedHashMap<>();
        for (String layer : layers) {
            planned.put(layer, Set.of(Slot.INPUT, Slot.WEIGHT));
        }
        return planned;
    }

    private static GraphProto.Builder graph(ModelProto.Builder model) {
        return model.getGraphBuilder();
    }

    private static NodeProto.Builder node(ModelProto.Builder model, String name) {
        return graph(model).getNodeBuilderList().stream().filter(n -> n.getName().equals(name)).findFirst().orElseThrow();
    }

    private static TensorProto.Builder tensor(ModelProto.Builder model, String name) {
        return graph(model).getInitializerBuilderList().stream().filter(t -> t.getName().equals(name)).findFirst().orElseThrow();
    }

    private static ByteString half(int bits) {
        return ByteString.copyFrom(new byte[] {(byte) bits, (byte) (bits >> 8)});
    }
}
