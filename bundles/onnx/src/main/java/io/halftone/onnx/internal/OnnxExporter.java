package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportJob;
import io.halftone.export.ExportReport;
import io.halftone.export.Exporter;
import io.halftone.export.MultiplyAdds;
import io.halftone.files.Staging;
import io.halftone.model.ModelSignature;
import io.halftone.model.Named;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@value #MODEL} with its large tensors in {@value #DATA} beside it. The option {@code weights} says how quantized
 * weights are kept: {@code quantized}, as codes, or {@code qdq}, as floats with a Q/DQ pair, which block formats have not.
 * Filters of convolutions in 8-bit floats have a pair either way.
 */
@Component(service = Exporter.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("onnx")
public final class OnnxExporter implements Exporter {
    static final String MODEL = "backbone.onnx";
    static final String DATA = "backbone.onnx_data";

    private static final String WEIGHTS = "weights";
    private static final String QUANTIZED = "quantized";
    private static final String PAIRS = "qdq";
    private static final Logger LOG = LoggerFactory.getLogger(OnnxExporter.class);
    /** The file format of opset 19. */
    private static final int IR_VERSION = 9;
    /** The file format of opset 23, the first with 4-bit floats. */
    private static final int FLOAT4_IR_VERSION = 11;
    /** The fact that says which data belong to the model, by SHA-256 of their file: two exports of one graph with different weights are different files. */
    private static final String DATA_DIGEST = "halftone.data.sha256";

    @Override
    public Set<String> options() {
        return Set.of(WEIGHTS);
    }

    @Override
    public void check(Map<String, String> values) {
        keepsFloats(values.getOrDefault(WEIGHTS, QUANTIZED));
    }

    /** Whether quantized weights stay floats with a pair; refuses what is neither way. */
    private static boolean keepsFloats(String kept) {
        if (!kept.equals(QUANTIZED) && !kept.equals(PAIRS)) {
            throw new IllegalArgumentException(WEIGHTS + ": found " + kept + "; expected " + QUANTIZED + " or " + PAIRS);
        }
        return kept.equals(PAIRS);
    }

    @Override
    public ExportReport export(ExportJob job, Path directory) throws IOException {
        try (Staging staging = Staging.in(directory)) {
            return export(job, directory, staging);
        }
    }

    private static ExportReport export(ExportJob job, Path directory, Staging staging) throws IOException {
        try {
            String digest = write(job, staging.file(DATA), staging);
            OnnxVerifier verifier = OnnxVerifier.read(staging.file(MODEL));
            var quantized = verifier.verify(job.quantizedSlots());
            staging.publish(List.of(DATA, MODEL));
            List<Path> files = List.of(directory.resolve(MODEL), directory.resolve(DATA));
            long bytes = Files.size(files.get(0)) + Files.size(files.get(1));
            LOG.info("wrote {}: {} nodes, {} quantized layers, {} bytes", files.get(0), verifier.nodes(), quantized.size(), bytes);
            return new ExportReport(files.get(0), files, quantized, verifier.nodes(), bytes, Map.of(files.get(1), digest));
        } catch (IOException e) {
            throw staging.named(e, DATA);
        } catch (UncheckedIOException e) {
            throw staging.named(e.getCause(), DATA);
        }
    }

    /** Writes the model and its data; the digest of the data's file. */
    private static String write(ExportJob job, Path dataFile, Staging staging) throws IOException {
        boolean keepFloats = keepsFloats(job.option(WEIGHTS, QUANTIZED));
        if (!job.computeType().isCompute()) {
            throw new ExportException("compute type: found " + job.computeType() + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        try (ExternalData data = new ExternalData(dataFile)) {
            Graph graph = new Graph("backbone", data, DATA);
            replay(job, graph, keepFloats);
            String digest = data.write();
            Map<String, String> facts = new TreeMap<>(job.metadata());
            facts.put(DATA_DIGEST, digest);
            facts.put(MultiplyAdds.FACT, multiplyAdds(job.signature(), graph).text());
            staging.write(MODEL, model(graph, facts).toByteString().asReadOnlyByteBuffer());
            return digest;
        }
    }

    private static MultiplyAdds multiplyAdds(ModelSignature signature, Graph graph) {
        Map<String, Long> usual = new LinkedHashMap<>();
        signature.extents().forEach((name, extent) -> usual.put(name, extent.usual()));
        return new MultiplyAdds(usual, graph.multiplyAdds());
    }

    private static void replay(ExportJob job, Graph graph, boolean keepFloats) {
        ModelSignature signature = job.signature();
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : signature.inputs()) {
            Meta meta = new Meta(port.shape(), port.type(job.computeType()));
            graph.reserve(port.name());
            graph.input(port.name(), meta);
            inputs.put(port.name(), new Result(port.name(), meta));
        }
        signature.outputs().forEach(port -> graph.reserve(port.name()));
        Weights weights = new Weights(job.parameters(), job.computeType(), keepFloats, graph);
        OnnxOps ops = new OnnxOps(job.computeType(), graph, weights, new Extents(graph, signature));
        Values<OnnxValue> outputs = job.replay(ops, Values.of(inputs));
        for (ModelSignature.Port port : signature.outputs()) {
            OnnxValue value = outputs.get(port.name());
            Meta expected = new Meta(port.shape(), port.type(job.computeType()));
            if (!value.meta().equals(expected)) {
                throw new ExportException("output " + port.name() + ": found " + value.shape() + " " + value.dtype() + "; expected "
                    + expected.shape() + " " + expected.dtype());
            }
            graph.output(port.name(), ops.name(value), expected);
        }
    }

    private static ModelProto model(Graph graph, Map<String, String> metadata) {
        int version = graph.opset() < BlockOperators.FLOAT4_OPSET ? IR_VERSION : FLOAT4_IR_VERSION;
        var model = ModelProto.newBuilder().setIrVersion(version).setProducerName("halftone").setGraph(graph.build())
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(graph.opset()));
        graph.domains().forEach(domain -> model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1)));
        metadata.forEach((key, value) ->
            model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
