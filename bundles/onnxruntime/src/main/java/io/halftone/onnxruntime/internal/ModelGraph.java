package io.halftone.onnxruntime.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.EngineException;
import io.halftone.onnx.proto.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a model file says, read without its data: which layers are quantized, and by which operators they run. */
final class ModelGraph {
    static final Set<String> PRODUCTS = Set.of("Conv", "MatMul", "Gemm");

    private static final Set<String> MOVES = Set.of("Transpose", "Cast");
    private static final String TENSORRT = "trt";
    private static final Set<String> INTEGER_PRODUCTS = Set.of("MatMulIntegerToFloat", "QGemm", "QLinearConv", "QLinearMatMul",
        "DynamicQuantizeMatMul", "ConvInteger", "MatMulInteger");

    private final ModelProto model;
    private static final Set<DataType> FLOAT8 = Set.of(DataType.FLOAT8E4M3FN, DataType.FLOAT8E5M2);

    private final Map<String, TensorProto> initializers = new HashMap<>();

    ModelGraph(ModelProto model) {
        this.model = model;
        model.getGraph().getInitializerList().forEach(tensor -> initializers.put(tensor.getName(), tensor));
    }

    /**
     * Reads a model.
     *
     * @throws EngineException if the file is none, or not what it says
     */
    static ModelGraph read(Path file) throws IOException {
        return new ModelGraph(ModelFile.read(file).model());
    }

    ModelProto model() {
        return model;
    }

    /**
     * Refuses a model that the runtime has no kernels for, in plainer words than its own.
     *
     * @param file what messages call it
     */
    void verify(Path file) {
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (node.getDomain().equals(TENSORRT)) {
                throw new EngineException(file + ": found " + node.getOpType() + ", an operator of TensorRT; expected standard operators: "
                    + "ONNX Runtime has none for this number format");
            }
            if (rounds(node) && initializer(node.getInput(1)) == DataType.BFLOAT16) {
                throw new EngineException(file + ": found " + node.getName() + " with a BFLOAT16 scale; expected FLOAT or FLOAT16: "
                    + "ONNX Runtime rounds no BFLOAT16 values, so export the model in another type");
            }
        }
    }

    /** Where its external data are, from its folder. */
    Set<String> dataFiles() {
        Set<String> files = new TreeSet<>();
        initializers.values().forEach(tensor -> tensor.getExternalDataList().stream().filter(entry -> entry.getKey().equals("location"))
            .forEach(entry -> files.add(entry.getValue())));
        return files;
    }

    /**
     * Refuses a model whose data are not whole, as they are not where the disk was full and the runtime said nothing.
     *
     * @param file what messages call it
     * @param data the file of its large tensors
     */
    void expectData(Path file, Path data) throws IOException {
        long found = Files.exists(data) ? Files.size(data) : 0;
        long expected = 0;
        for (TensorProto tensor : initializers.values()) {
            Map<String, Long> place = new HashMap<>();
            tensor.getExternalDataList().stream().filter(entry -> !entry.getKey().equals("location")).filter(entry -> entry.getValue().matches("\\d{1,18}"))
                .forEach(entry -> place.put(entry.getKey(), Long.parseLong(entry.getValue())));
            expected = Math.max(expected, place.getOrDefault("offset", 0L) + place.getOrDefault("length", 0L));
        }
        if (found < expected) {
            throw new IOException(file.resolveSibling(data.getFileName()) + ": found " + found + " bytes; expected " + expected
                + ": is the disk full?");
        }
    }

    /** An initializer; null if it is none. */
    TensorProto tensor(String name) {
        return initializers.get(name);
    }

    /** The element type of an initializer; null if it is none, or of a type without a name. */
    DataType initializer(String name) {
        TensorProto tensor = initializers.get(name);
        return tensor == null ? null : DataType.forNumber(tensor.getDataType());
    }

    /** Whether a value is rounded to an 8-bit float. */
    boolean hasFloat8() {
        return model.getGraph().getNodeList().stream().anyMatch(this::isFloat8);
    }

    /** Whether a value is rounded to an 8-bit integer. */
    boolean hasInt8() {
        return model.getGraph().getNodeList().stream().anyMatch(n -> rounds(n) && low(n) == DataType.INT8);
    }

    /** Whether a node rounds to an 8-bit float, or reads one back. */
    boolean isFloat8(NodeProto node) {
        return rounds(node) && FLOAT8.contains(low(node));
    }

    private DataType low(NodeProto node) {
        DataType type = node.getInputCount() > 2 ? initializer(node.getInput(2)) : null;
        return type == null ? DataType.UNDEFINED : type;
    }

    static boolean rounds(NodeProto node) {
        return node.getOpType().equals("QuantizeLinear") || node.getOpType().equals("DequantizeLinear");
    }

    /** The quantized layers, each with the names of its products that take a dequantized value. */
    Map<String, Set<String>> quantizedLayers() {
        Set<String> dequantized = new HashSet<>();
        Map<String, Set<String>> layers = new TreeMap<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            boolean moves = MOVES.contains(node.getOpType()) && dequantized.contains(node.getInput(0));
            if (node.getOpType().equals("DequantizeLinear") || moves) {
                dequantized.add(node.getOutput(0));
            }
            int end = node.getName().lastIndexOf('/');
            if (PRODUCTS.contains(node.getOpType()) && end > 0 && node.getInputList().stream().anyMatch(dequantized::contains)) {
                layers.computeIfAbsent(node.getName().substring(0, end), layer -> new TreeSet<>()).add(node.getName());
            }
        }
        return layers;
    }

    /** The names of the operators that multiply integers. */
    Set<String> integerProducts() {
        Set<String> names = new HashSet<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (INTEGER_PRODUCTS.contains(node.getOpType())) {
                names.add(node.getName());
            }
        }
        return names;
    }

    /** How often each operator stands in the graph. */
    Map<String, Integer> operators() {
        Map<String, Integer> counts = new TreeMap<>();
        model.getGraph().getNodeList().forEach(n -> counts.merge(n.getOpType(), 1, Integer::sum));
        return counts;
    }

    /** A stored fact. */
    Optional<String> fact(String key) {
        return model.getMetadataPropsList().stream().filter(p -> p.getKey().equals(key)).map(StringStringEntryProto::getValue).findFirst();
    }

    /** A stored list. */
    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        model.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return metadata;
    }

    List<String> facts(String key) {
        return new ArrayList<>(fact(key).filter(text -> !text.isEmpty()).map(text -> List.of(text.split("\n"))).orElse(List.of()));
    }

    /** This model with more facts, in order of their keys behind those it has. */
    ModelProto with(Map<String, String> facts) {
        ModelProto.Builder more = model.toBuilder();
        new TreeMap<>(facts).forEach((key, value) ->
            more.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return more.build();
    }
}
