package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.WireFormat;
import io.halftone.export.ModelReport;
import io.halftone.export.ModelReport.DataFile;
import io.halftone.export.ModelReport.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of this exporter, and of others, are told as they are. */
class OnnxInspectorTest {
    private static final Layer.Linear FC = new Layer.Linear("fc", Role.FEED_FORWARD, 64, 32, true);

    @TempDir
    Path folder;

    private ModelReport inspect(ModelProto.Builder model) throws IOException {
        return new OnnxInspector().inspect(Files.write(folder.resolve("model.onnx"), model.build().toByteArray()));
    }

    /** A foreign model with the graph, in opset 13. */
    private static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(7).setProducerName("pytorch").setProducerVersion("2.1").setGraph(graph)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13));
    }

    private static NodeProto.Builder node(String operator, List<String> inputs, String output) {
        return NodeProto.newBuilder().setOpType(operator).addAllInput(inputs).addOutput(output);
    }

    private static TensorProto.Builder tensor(String name, TensorProto.DataType type, int bytes, long... dims) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        Arrays.stream(dims).forEach(tensor::addDims);
        return tensor.setRawData(ByteString.copyFrom(new byte[bytes]));
    }

    private static TensorProto.Builder external(String name, String location, Map<String, String> entries, long... dims) {
        TensorProto.Builder tensor = tensor(name, TensorProto.DataType.FLOAT, 0, dims).clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(location));
        entries.forEach((key, value) -> tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return tensor;
    }

    private Path exported() throws IOException {
        TestJob job = new TestJob(DType.FLOAT16, (o, in) -> {
            float[] scales = new float[32];
            Arrays.fill(scales, 0.02f);
            OnnxValue scale = o.constant(scales, Shape.of(32), DType.FLOAT16);
            OnnxValue weight = o.dequantize(o.quantize(o.parameter("fc.weight", FC.weightShape()), DType.INT8, scale, 0), scale, 0);
            OnnxValue inputScale = o.constant(0.05, DType.FLOAT16);
            OnnxValue x = o.dequantize(o.quantize(in.get("x"), DType.INT8, inputScale, 0), inputScale, 0);
            return o.linear(o.linear(FC, x, weight), o.parameter("out.weight", Shape.of(32, 32)));
        });
        job.input("x", "batch", 64).output("batch", 32).random("fc.weight", 32, 64).random("fc.bias", 32).random("out.weight", 32, 32);
        return new OnnxExporter().export(job, folder).model();
    }

    @Test
    void tellsWhatThisExporterWrote() throws IOException {
        Path model = exported();
        ModelReport report = new OnnxInspector().inspect(model);

        assertEquals(9, report.irVersion());
        assertEquals(Map.of("", 19L), report.opsets());
        assertEquals("halftone", report.producer());
        assertEquals(List.of(new Port("x", "FLOAT16", List.of("batch", "64"))), report.inputs());
        assertEquals(List.of("FLOAT16"), report.outputs().stream().map(Port::type).toList());
        assertEquals(2, report.operators().get("DequantizeLinear"));
        assertEquals(Map.of("INT8", 1), report.rounding().pairs());
        assertEquals(Map.of("INT8", 1), report.rounding().weights());
        // codes of 32 x 64, then at the next page the 32 x 32 halves of the other layer
        assertEquals(List.of(new DataFile("backbone.onnx_data", 4096 + 2048, 4096 + 2048, 2)), report.weights().files());
        assertEquals(2048 + 2048, report.weights().externalBytes());
        assertTrue(report.metadata().containsKey("halftone.data.sha256"));
        assertEquals(List.of(), report.problems());
    }

    @Test
    void namesDataThatIsMissingOrTooShort() throws IOException {
        Path model = exported();
        Path data = folder.resolve("backbone.onnx_data");
        try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
            channel.truncate(5000);
        }
        assertEquals(List.of("backbone.onnx_data: found 5000 bytes; expected at least 6144, the end of out.weight"),
            new OnnxInspector().inspect(model).problems());
        Files.delete(data);
        assertEquals(List.of("backbone.onnx_data: found no such file beside the model; expected the data of 2 tensors, 6144 bytes"),
            new OnnxInspector().inspect(model).problems());
    }

    @Test
    void countsWhatOtherProducersWrite() throws IOException {
        GraphProto.Builder then = GraphProto.newBuilder()
            .addNode(node("QuantizeLinear", List.of("y", "s"), "inner")).addNode(node("DequantizeLinear", List.of("inner", "s"), "z"));
        GraphProto.Builder graph = GraphProto.newBuilder()
            .addInput(ValueInfoProto.newBuilder().setName("x").setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(1)
                .setShape(TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"))
                    .addDim(TensorShapeProto.Dimension.newBuilder())))))
            .addInput(ValueInfoProto.newBuilder().setName("w"))
            .addOutput(ValueInfoProto.newBuilder().setName("ys").setType(TypeProto.newBuilder().setSequenceType(TypeProto.Sequence.newBuilder())))
            .addInitializer(tensor("w", TensorProto.DataType.FLOAT, 24, 2, 3))
            .addInitializer(TensorProto.newBuilder().setName("typed").setDataType(1).addDims(2).addFloatData(1).addFloatData(2))
            .addInitializer(tensor("packed", TensorProto.DataType.INT4, 2, 3))
            .addNode(node("Constant", List.of(), "codes").addAttribute(AttributeProto.newBuilder().setName("value")
                .setT(tensor("", TensorProto.DataType.UINT8, 3, 3))))
            .addNode(node("DequantizeLinear", List.of("codes", "s"), "weight"))
            .addNode(node("QuantizeLinear", List.of("x", "s"), "q").addAttribute(AttributeProto.newBuilder().setName("output_dtype").setI(17)))
            .addNode(node("DequantizeLinear", List.of("q", "s"), "y"))
            .addNode(node("Gelu", List.of("y"), "g").setDomain("com.microsoft"))
            .addNode(node("If", List.of("c"), "out").addAttribute(AttributeProto.newBuilder().setName("then_branch").setG(then)));
        ModelReport report = inspect(model(graph));

        assertEquals("pytorch 2.1", report.producer());
        assertEquals(List.of(new Port("x", "FLOAT", List.of("N", "?"))), report.inputs());
        assertEquals(List.of(new Port("ys", "sequence", List.of())), report.outputs());
        assertEquals(Map.of("Constant", 1, "DequantizeLinear", 3, "If", 1, "QuantizeLinear", 2, "com.microsoft::Gelu", 1), report.operators());
        assertEquals(Map.of("FLOAT8E4M3FN", 1, "UINT8", 1), report.rounding().pairs());
        assertEquals(Map.of("UINT8", 1), report.rounding().weights());
        assertEquals(Map.of("FLOAT", 32L, "INT4", 2L), report.weights().bytesByType());
        assertEquals(3, report.weights().tensors());
        assertEquals(11, report.weights().elements());
        assertEquals(List.of("opset of domain com.microsoft: found none, and nodes of it; expected one"), report.problems());
    }

    @Test
    void theScalesOfBlocksAreNoWeight() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder()
            .addInitializer(tensor("codes", TensorProto.DataType.INT8, 16, 16)).addInitializer(tensor("scales", TensorProto.DataType.FLOAT8E4M3FN, 1, 1))
            .addNode(node("DequantizeLinear", List.of("scales", "unit"), "steps"))
            .addNode(node("DequantizeLinear", List.of("codes", "steps"), "weight"));

        assertEquals(Map.of("INT8", 1), inspect(model(graph)).rounding().weights());
    }

    @Test
    void dataMayLieInAFolderBelowAndWithoutALength() throws IOException {
        Files.createDirectory(folder.resolve("data"));
        Files.write(folder.resolve("data").resolve("w.bin"), new byte[64]);
        ModelReport report = inspect(model(GraphProto.newBuilder().addInitializer(external("w", "data/w.bin", Map.of(), 4, 4))));

        assertEquals(List.of(new DataFile("data/w.bin", 64, 64, 1)), report.weights().files());
        assertEquals(List.of(), report.problems());
    }

    @Test
    void namesTensorsThatAreNotAsTheyShouldBe() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().addInitializer(tensor("short", TensorProto.DataType.FLOAT16, 3, 2))
            .addInitializer(tensor("negative", TensorProto.DataType.FLOAT, 0, -1))
            .addInitializer(tensor("huge", TensorProto.DataType.DOUBLE, 0, Long.MAX_VALUE, Long.MAX_VALUE))
            .addInitializer(external("out", "../secret", Map.of(), 4)).addInitializer(external("rooted", "/etc/passwd", Map.of(), 4))
            .addInitializer(external("nowhere", "", Map.of(), 4)).addInitializer(external("odd", "data", Map.of("offset", "-1"), 4))
            .addInitializer(external("long", "data", Map.of("length", "20"), 4));

        assertEquals(List.of("short: found 3 bytes; expected 4 for FLOAT16 [2]",
            "negative: found dimensions [-1]; expected extents >= 0",
            "huge: found dimensions [9223372036854775807, 9223372036854775807]; expected extents >= 0",
            "out: found location ../secret; expected a file in the model's folder",
            "rooted: found location /etc/passwd; expected a file in the model's folder",
            "nowhere: found location ; expected a file in the model's folder",
            "odd: found offset -1; expected a whole number >= 0",
            "long: found 20 bytes in data; expected 16 for FLOAT [4]",
            "data: found no such file beside the model; expected the data of 1 tensors, 20 bytes"), inspect(model(graph)).problems());
    }

    @Test
    void refusesWhatIsNoModel() throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.writeString(file, "");
        assertEquals(file + ": found 0 graphs; expected an ONNX model, which has one", refusal(file));
        Files.writeString(file, "a text that somebody called a model\n");
        assertTrue(refusal(file).startsWith(file + ": found no ONNX model, or one that is cut off ("), refusal(file));
    }

    @Test
    void refusesAModelThatIsCutOffAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(exported());
        // what follows the graph are facts: that some are lost cannot be seen
        int graph = ModelProto.parseFrom(whole).getGraph().getSerializedSize();
        Path file = folder.resolve("cut.onnx");
        for (int length = 0; length < graph; length += 41) {
            Files.write(file, Arrays.copyOf(whole, length));
            refusal(file);
        }
    }

    @Test
    void refusesGraphsInGraphsWithoutEnd() {
        GraphProto.Builder graph = GraphProto.newBuilder();
        for (int i = 0; i < 60; i++) {
            graph = GraphProto.newBuilder().addNode(node("If", List.of("c"), "y").addAttribute(AttributeProto.newBuilder().setName("then_branch").setG(graph)));
        }
        ModelProto.Builder model = model(graph);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> inspect(model)).getMessage().contains("(graphs in graphs, 51 deep)"));
    }

    @Test
    void refusesATensorOfMoreAxesThanAnyHas() throws IOException {
        Path file = folder.resolve("axes.onnx");
        byte[] apart = model(GraphProto.newBuilder().addInitializer(tensor("w", TensorProto.DataType.FLOAT, 0, new long[65]))).build().toByteArray();
        byte[] together = field(ModelProto.GRAPH_FIELD_NUMBER, field(GraphProto.INITIALIZER_FIELD_NUMBER,
            field(TensorProto.DIMS_FIELD_NUMBER, new byte[65])));
        for (byte[] model : List.of(apart, together)) {
            Files.write(file, model);
            assertEquals(file + ": found no ONNX model, or one that is cut off (a tensor of more than 64 axes); expected one", refusal(file));
        }
    }

    /** A field of a message as it lies in a file, of less than 128 bytes. */
    private static byte[] field(int number, byte[] content) {
        byte[] field = new byte[content.length + 2];
        field[0] = (byte) (number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
        field[1] = (byte) content.length;
        System.arraycopy(content, 0, field, 2, content.length);
        return field;
    }

    private static String refusal(Path file) {
        return assertThrows(IllegalArgumentException.class, () -> new OnnxInspector().inspect(file)).getMessage();
    }
}
