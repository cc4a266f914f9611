package io.halftone.onnx.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import io.halftone.export.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model may say of its data, and what was once believed: a test for each advisory of the ONNX project. */
class ModelFileTest {
    private static final String WHERE_IT_BELONGS = "; expected a file in the model's folder, by a path without .. and not from the root";

    @TempDir
    Path root;
    private Path folder;
    private Path model;
    private Path secret;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(root.toRealPath().resolve("model"));
        model = folder.resolve("backbone.onnx");
        secret = Files.write(root.toRealPath().resolve("secret"), new byte[64]);
        Files.write(folder.resolve("data"), new byte[64]);
    }

    /** A tensor of eight bytes, outside the model's file. */
    private static TensorProto tensor(String... entries) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("w").setDataType(DataType.FLOAT_VALUE).addDims(2)
            .setDataLocation(DataLocation.EXTERNAL);
        for (int i = 0; i < entries.length; i += 2) {
            tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
        }
        return tensor.build();
    }

    private ModelFile read(UnaryOperator<GraphProto.Builder> graph) throws IOException {
        GraphProto.Builder start = GraphProto.newBuilder().addNode(NodeProto.newBuilder().setName("a").setOpType("Relu").addInput("w").addOutput("y"));
        Files.write(model, ModelProto.newBuilder().setGraph(graph.apply(start)).build().toByteArray());
        return ModelFile.read(model);
    }

    private String refused(UnaryOperator<GraphProto.Builder> graph) {
        String message = assertThrows(EngineException.class, () -> read(graph)).getMessage();
        assertTrue(message.startsWith(model + ": "), message);
        return message.substring((model + ": ").length());
    }

    private String refused(TensorProto tensor) {
        return refused(graph -> graph.addInitializer(tensor));
    }

    @Test
    void findsDataBesideTheModel() throws IOException {
        assertEquals(List.of(folder.resolve("data")),
            read(graph -> graph.addInitializer(tensor("location", "data", "offset", "56", "length", "8"))).data());
    }

    @Test
    void cve202225882DataOutsideTheFolder() {
        assertEquals("w: found location ../secret" + WHERE_IT_BELONGS, refused(tensor("location", "../secret")));
        assertEquals("w: found location ../../../etc/passwd" + WHERE_IT_BELONGS, refused(tensor("location", "../../../etc/passwd")));
        assertEquals("w: found location " + secret + WHERE_IT_BELONGS, refused(tensor("location", secret.toString())));
    }

    @Test
    void cve202427318DataOutsideTheFolderByWayOfAFolderInside() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        assertEquals("w: found location sub/../../secret" + WHERE_IT_BELONGS, refused(tensor("location", "sub/../../secret")));
        assertEquals("w: found location sub/.././../secret" + WHERE_IT_BELONGS, refused(tensor("location", "sub/.././../secret")));
        assertEquals("w: found location ..\\secret" + WHERE_IT_BELONGS, refused(tensor("location", "..\\secret")));
    }

    @Test
    void cve202634445KeysAndNumbersThatTheFormatDoesNotHave() {
        assertEquals("w: found key __class__; expected one of location, offset, length and checksum", refused(tensor("location", "data", "__class__", "x")));
        assertEquals("w: found key basepath; expected one of location, offset, length and checksum", refused(tensor("location", "data", "basepath", "/")));
        assertEquals("w: found offset -8; expected a whole number from 0", refused(tensor("location", "data", "offset", "-8")));
        assertEquals("w: found length 9223372036854775807; expected a whole number from 0",
            refused(tensor("location", "data", "length", "9223372036854775807")));
        assertEquals("w: found length 100000000000000000; expected 8, as its shape and type have it",
            refused(tensor("location", "data", "length", "100000000000000000")));
        assertEquals("w: found location twice; expected it once", refused(tensor("location", "data", "location", "../secret")));
        assertEquals("w: found no location; expected the file of its data", refused(tensor("offset", "0")));
    }

    @Test
    void cve202634445OffsetsBeyondTheFile() {
        assertEquals("w: found 8 bytes at 57 of data, which has 64; expected a tensor inside the file", refused(tensor("location", "data", "offset", "57")));
        assertEquals("w: found 8 bytes at 999999999999999999 of data, which has 64; expected a tensor inside the file",
            refused(tensor("location", "data", "offset", "999999999999999999")));
    }

    @Test
    void cve202627489SymbolicLinks() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), secret);
        assertEquals("w: found a link to " + secret + " at link; expected a file of its own in the model's folder", refused(tensor("location", "link")));
        Files.createSymbolicLink(folder.resolve("up"), root);
        assertEquals("w: found a link to " + secret + " at up/secret; expected a file of its own in the model's folder",
            refused(tensor("location", "up/secret")));
    }

    @Test
    void cve202634446HardLinks() throws IOException {
        Files.createLink(folder.resolve("link"), secret);
        assertEquals("w: found a hard link at link; expected a file that has no other name: copy it", refused(tensor("location", "link")));
    }

    @Test
    void cve202628500NothingIsFetched() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String place = "127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
            for (String location : List.of("http://" + place + "/data", "//" + place + "/data", "ftp://" + place + "/data")) {
                assertTrue(refused(tensor("location", location)).contains("; expected "));
            }
            server.configureBlocking(false);
            assertNull(server.accept(), "somebody asked for the data");
        }
        assertEquals("found no file data beside it; expected the model's external data",
            refused(tensor("location", "http:/169.254.169.254/data")));
        assertEquals("found no file 169.254.169.254 beside it; expected the model's external data", refused(tensor("location", "file://169.254.169.254")));
    }

    @Test
    void followsTheLinksOfAHubCache() throws IOException {
        Path blobs = Files.createDirectory(root.toRealPath().resolve("blobs"));
        read(graph -> graph.addInitializer(tensor("location", "data")));
        for (String name : List.of("backbone.onnx", "data")) {
            Files.move(folder.resolve(name), blobs.resolve("of " + name));
            Files.createSymbolicLink(folder.resolve(name), blobs.resolve("of " + name));
        }
        assertEquals(List.of(folder.resolve("data")), ModelFile.read(model).data());
    }

    @Test
    void looksAtSparseTensorsToo() {
        assertEquals("w: found location ../secret" + WHERE_IT_BELONGS,
            refused(graph -> graph.addSparseInitializer(SparseTensorProto.newBuilder().setValues(tensor("location", "../secret")))));
    }

    @Test
    void looksAtTensorsOfAttributesAndOfGraphsInside() {
        AttributeProto constant = AttributeProto.newBuilder().setName("value").setT(tensor("location", "../secret")).build();
        NodeProto node = NodeProto.newBuilder().setOpType("Constant").addOutput("c").addAttribute(constant).build();
        assertEquals("w: found location ../secret" + WHERE_IT_BELONGS, refused(graph -> graph.addNode(node)));
        AttributeProto branch = AttributeProto.newBuilder().setName("then_branch").setG(GraphProto.newBuilder().addNode(node)).build();
        assertEquals("w: found location ../secret" + WHERE_IT_BELONGS,
            refused(graph -> graph.addNode(NodeProto.newBuilder().setOpType("If").addInput("c").addOutput("z").addAttribute(branch))));
    }

    @Test
    void refusesDataThatIsSaidToBeBothInsideAndOutside() {
        TensorProto sly = tensor("location", "../secret").toBuilder().setDataLocation(DataLocation.DEFAULT).setRawData(ByteString.copyFrom(new byte[8])).build();
        assertEquals("w: found location ../secret" + WHERE_IT_BELONGS, refused(sly));
    }

    @Test
    void refusesMissingData() {
        assertEquals("found no file none beside it; expected the model's external data", refused(tensor("location", "none")));
        assertEquals("w: found location " + WHERE_IT_BELONGS, refused(tensor("location", "")));
        assertEquals("w: found location \0; expected the name of a file", refused(tensor("location", "\0")));
    }

    @Test
    void refusesShapesThatNoDataHas() {
        assertEquals("w: found extents [2, -1]; expected none below 0", refused(tensor("location", "data").toBuilder().addDims(-1).build()));
        assertEquals("w: found extents [2, 9223372036854775807]; expected those of less than 2^60 bytes",
            refused(tensor("location", "data").toBuilder().addDims(Long.MAX_VALUE).build()));
        assertEquals("w: found type 8; expected one whose elements have a fixed size",
            refused(tensor("location", "data").toBuilder().setDataType(DataType.STRING_VALUE).build()));
        TensorProto inside = TensorProto.newBuilder().setName("v").setDataType(DataType.INT64_VALUE).addDims(3).setRawData(ByteString.copyFrom(new byte[8])).build();
        assertEquals("v: found 8 bytes; expected 24, as its shape and type have it", refused(inside));
    }

    @Test
    void refusesOperatorsWithoutWhatTheyTake() {
        NodeProto bare = NodeProto.newBuilder().setName("d").setOpType("DequantizeLinear").addInput("w").addOutput("z").build();
        assertEquals("d: found DequantizeLinear with 1 inputs and 1 outputs; expected at least 2 and 1", refused(graph -> graph.addNode(bare)));
    }

    @Test
    void refusesFilesThatAreNoModels() throws IOException {
        Files.writeString(model, "{}");
        assertEquals(model + ": found bytes that do not parse; expected an ONNX model",
            assertThrows(EngineException.class, () -> ModelFile.read(model)).getMessage());
        Files.write(model, new byte[0]);
        assertEquals(model + ": found a model without operators; expected an ONNX model",
            assertThrows(EngineException.class, () -> ModelFile.read(model)).getMessage());
    }
}
