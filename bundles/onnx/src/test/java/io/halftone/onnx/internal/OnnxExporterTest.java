package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport;
import io.halftone.export.MultiplyAdds;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExporterTest {
    @TempDir
    Path folder;

    /** Two products with one weight of 4 kB and one of 12 bytes. */
    private static TestJob job(DType type) {
        return new TestJob(type, (o, in) -> {
            OnnxValue x = o.linear(in.get("x"), o.parameter("wide.weight", Shape.of(32, 32)));
            return o.linear(o.linear(x, o.parameter("wide.weight", Shape.of(32, 32))), o.parameter("narrow.weight", Shape.of(1, 32)));
        }).input("x", "batch", 32).output("batch", 1).random("wide.weight", 32, 32).random("narrow.weight", 1, 32);
    }

    @Test
    void theSameJobGivesTheSameBytes() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        for (Path target : List.of(first, second)) {
            TestJob job = job(DType.FLOAT32);
            job.metadata.put("recipe", "int8");
            job.metadata.put("producer", "test");
            new OnnxExporter().export(job, target);
        }
        assertEquals(-1, Files.mismatch(first.resolve("backbone.onnx"), second.resolve("backbone.onnx")));
        assertEquals(-1, Files.mismatch(first.resolve("backbone.onnx_data"), second.resolve("backbone.onnx_data")));
    }

    @Test
    void largeTensorsGoToOneFileAtPageBoundariesAndSmallOnesStay() throws IOException {
        ExportReport report = new OnnxExporter().export(job(DType.FLOAT32).random("narrow.weight", 1, 32), folder);
        List<TensorProto> tensors = model(report).getGraph().getInitializerList();
        assertEquals(List.of("wide.weight", "narrow.weight"), tensors.stream().map(TensorProto::getName).toList());
        Map<String, String> place = new TreeMap<>();
        tensors.get(0).getExternalDataList().forEach(e -> place.put(e.getKey(), e.getValue()));
        assertEquals(Map.of("location", "backbone.onnx_data", "offset", "0", "length", "4096"), place);
        assertEquals(128, tensors.get(1).getRawData().size());
        assertEquals(List.of(folder.resolve("backbone.onnx"), folder.resolve("backbone.onnx_data")), report.files());
        assertEquals(Files.size(report.files().get(0)) + 4096, report.bytes());
        assertEquals(4, report.nodes());
    }

    @Test
    void aWeightThatTwoOperatorsUseIsReadAndWrittenOnce() throws IOException {
        TestJob job = job(DType.FLOAT32);
        new OnnxExporter().export(job, folder);
        // the small one goes into the model, and is read at once
        assertEquals(List.of("narrow.weight", "wide.weight"), job.reads);
    }

    @Test
    void weightsAreConvertedToTheComputeType() throws IOException {
        float[] values = {1, 0.33325195f, -2};
        for (DType stored : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            for (DType computed : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
                TestJob job = new TestJob(computed, (o, in) -> o.add(in.get("x"), o.parameter("w", Shape.of(3)))).input("x", 3).output(3);
                job.parameter("w", stored, values, 3);
                TensorProto tensor = model(new OnnxExporter().export(job, folder)).getGraph().getInitializer(0);
                assertEquals(Elements.type(computed).getNumber(), tensor.getDataType());
                assertArrayEquals(Elements.encode(job.tensors.get("w").toFloats(), computed), tensor.getRawData().toByteArray(), stored
                    + " to " + computed);
            }
        }
    }

    @Test
    void theReportAndTheModelHaveTheDigestOfTheData() throws IOException, NoSuchAlgorithmException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.add(o.add(in.get("x"), o.parameter("a", Shape.of(300))), o.parameter("b", Shape.of(300))))
            .input("x", 300).output(300).random("a", 300).random("b", 300);
        ExportReport report = new OnnxExporter().export(job, folder);
        byte[] data = Files.readAllBytes(report.files().get(1));
        assertEquals(4096 + 1200, data.length);
        assertEquals(Map.of(report.files().get(1), sha256(data)), report.digests());
        assertEquals(sha256(data), facts(model(report)).get("halftone.data.sha256"));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void theModelSaysWhatItIs() throws IOException {
        TestJob job = job(DType.FLOAT16);
        job.metadata.put("recipe", "int8");
        ModelProto model = model(new OnnxExporter().export(job, folder));
        assertEquals("halftone", model.getProducerName());
        assertEquals(9, model.getIrVersion());
        assertEquals(1, model.getOpsetImportCount());
        assertEquals(19, model.getOpsetImport(0).getVersion());
        assertEquals(List.of("halftone.data.sha256", "halftone.multiply_adds", "recipe"), model.getMetadataPropsList().stream().map(p -> p.getKey()).toList());
        assertEquals("int8", model.getMetadataProps(2).getValue());
        assertEquals("batch", model.getGraph().getInput(0).getType().getTensorType().getShape().getDim(0).getDimParam());
    }

    @Test
    void theModelSaysHowOftenItMultiplies() throws IOException {
        Layer.Conv geometry = new Layer.Conv("conv", Role.INPUT, 4, 6, 3, 2, 1, false);
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> {
            OnnxValue y = o.conv(in.get("x"), o.parameter("conv.weight", Shape.of(6, 4, 3, 3)), geometry);
            return o.attention(y, y, y, 1, false);
        }).input("x", "batch", 4, "height", 8).output("batch", 6, Dim.named("height").plus(1).floorDiv(2), 4).random("conv.weight", 6, 4, 3, 3);
        MultiplyAdds counts = MultiplyAdds.of(facts(model(new OnnxExporter().export(job, folder))));
        assertEquals(List.of("Conv", "MatMul", "MatMul_1"), List.copyOf(counts.byOperator().keySet()));
        Map<String, Long> extents = Map.of("batch", 2L, "height", 5L);
        // (2, 6, 3, 4) outputs of 4 * 3 * 3 each; scores of 3 queries, 3 keys, 4 wide, in 6 heads
        assertEquals(List.of(2 * 6 * 3 * 4 * 36L, 2 * 6 * 3 * 3 * 4L, 2 * 6 * 3 * 3 * 4L),
            counts.byOperator().values().stream().map(dim -> dim.evaluate(extents::get)).toList());
        assertEquals(Set.of("batch", "height"), counts.usual().keySet());
    }

    private static Map<String, String> facts(ModelProto model) {
        Map<String, String> facts = new TreeMap<>();
        model.getMetadataPropsList().forEach(entry -> facts.put(entry.getKey(), entry.getValue()));
        return facts;
    }

    @Test
    void nodesCarryTheNamesOfTheirRegions() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.region("blocks.0",
            () -> List.of(o.add(in.get("x"), o.silu(in.get("x"))))).get(0))
            .input("x", 3).output(3);
        assertEquals(List.of("blocks.0/Sigmoid", "blocks.0/Mul", "blocks.0/Add", "Identity"),
            model(new OnnxExporter().export(job, folder)).getGraph().getNodeList().stream().map(n -> n.getName()).toList());
    }

    @Test
    void equalConstantsAreStoredOnce() throws IOException {
        TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.mul(o.mul(in.get("x"), o.constant(3, DType.FLOAT32)),
            o.constant(3, DType.FLOAT32)))
            .input("x", 3).output(3);
        assertEquals(1, model(new OnnxExporter().export(job, folder)).getGraph().getInitializerCount());
    }

    @Test
    void aFailedExportLeavesWhatWasThere() throws IOException {
        new OnnxExporter().export(job(DType.FLOAT32), folder);
        byte[] model = Files.readAllBytes(folder.resolve("backbone.onnx"));
        byte[] data = Files.readAllBytes(folder.resolve("backbone.onnx_data"));
        TestJob broken = job(DType.FLOAT16);
        broken.quantizes("wide");
        assertThrows(ExportException.class, () -> new OnnxExporter().export(broken, folder));
        assertArrayEquals(model, Files.readAllBytes(folder.resolve("backbone.onnx")));
        assertArrayEquals(data, Files.readAllBytes(folder.resolve("backbone.onnx_data")));
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void aNewExportReplacesTheOldOneWhole() throws IOException {
        new OnnxExporter().export(job(DType.FLOAT32), folder);
        ExportReport report = new OnnxExporter().export(job(DType.FLOAT16), folder);
        TensorView x = TensorView.host(DType.FLOAT16, new long[] {1, 32}, ByteBuffer.allocate(64));
        assertEquals(0, Runtime.run(report, Map.of("x", x)).toFloats()[0]);
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void aModelThatCannotFollowItsDataLeavesTheOldData() throws IOException {
        new OnnxExporter().export(job(DType.FLOAT32), folder);
        byte[] data = Files.readAllBytes(folder.resolve("backbone.onnx_data"));
        Files.delete(folder.resolve("backbone.onnx"));
        Files.createDirectories(folder.resolve("backbone.onnx/occupied"));
        assertThrows(IOException.class, () -> new OnnxExporter().export(job(DType.FLOAT16), folder));
        assertArrayEquals(data, Files.readAllBytes(folder.resolve("backbone.onnx_data")));
    }

    /** The ONNX library wrote a tensor's data wherever its location led: an export's data go to one file, whatever parameters are called. */
    @Test
    void cve202551480NamesOfParametersAreNoPaths() throws IOException {
        Path target = Files.createDirectory(folder.resolve("export"));
        Path victim = Files.write(folder.resolve("victim"), new byte[] {1});
        for (String name : List.of("../victim", victim.toString(), "..\\victim")) {
            TestJob job = new TestJob(DType.FLOAT32, (o, in) -> o.linear(in.get("x"), o.parameter(name, Shape.of(32, 32))))
                .input("x", "batch", 32).output("batch", 32).random(name, 32, 32);
            TensorProto tensor = model(new OnnxExporter().export(job, target)).getGraph().getInitializer(0);
            assertEquals(List.of("location=backbone.onnx_data", "offset=0", "length=4096"),
                tensor.getExternalDataList().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList());
            assertArrayEquals(new byte[] {1}, Files.readAllBytes(victim));
            assertEquals(Set.of("backbone.onnx", "backbone.onnx_data"), Set.of(target.toFile().list()));
        }
    }

    @Test
    void cve202551480NothingIsWrittenThroughLinks() throws IOException {
        Path target = Files.createDirectory(folder.resolve("export"));
        Path victim = Files.write(folder.resolve("victim"), new byte[] {1});
        Path twin = Files.write(folder.resolve("twin"), new byte[] {2});
        Files.createSymbolicLink(target.resolve("backbone.onnx_data"), victim);
        Files.createLink(target.resolve("backbone.onnx"), twin);
        new OnnxExporter().export(job(DType.FLOAT32), target);
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(victim));
        assertArrayEquals(new byte[] {2}, Files.readAllBytes(twin));
        for (String name : List.of("backbone.onnx", "backbone.onnx_data")) {
            assertTrue(Files.isRegularFile(target.resolve(name), LinkOption.NOFOLLOW_LINKS), name);
            assertEquals(1, Files.getAttribute(target.resolve(name), "unix:nlink"));
        }
        // a link that leads nowhere yet is none to write through either
        Files.delete(target.resolve("backbone.onnx_data"));
        Files.createSymbolicLink(target.resolve("backbone.onnx_data"), folder.resolve("new"));
        new OnnxExporter().export(job(DType.FLOAT32), target);
        assertTrue(Files.notExists(folder.resolve("new"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aParameterOfAnotherShapeIsRefused() {
        CheckpointException e = assertThrows(CheckpointException.class,
            () -> new OnnxExporter().export(job(DType.FLOAT32).random("narrow.weight", 2, 32), folder));
        assertEquals("narrow.weight: found [2, 32] FLOAT32; expected [1, 32] of FLOAT32, FLOAT16 or BFLOAT16", e.getMessage());
    }

    @Test
    void anUnknownWayToKeepWeightsIsRefused() {
        TestJob job = job(DType.FLOAT32);
        job.options.put("weights", "packed");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new OnnxExporter().export(job, folder));
        assertEquals("weights: found packed; expected quantized or qdq", e.getMessage());
        assertTrue(folder.toFile().list().length == 0);
    }

    private static ModelProto model(ExportReport report) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(report.model()));
    }
}
