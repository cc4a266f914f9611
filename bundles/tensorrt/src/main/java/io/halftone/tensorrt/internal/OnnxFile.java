package io.halftone.tensorrt.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.ExtentFacts;
import io.halftone.export.LayerReport;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.onnx.proto.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a model file says, read without its external data.
 *
 * @param file     the model
 * @param inputs   by name in the file's order: of each dimension a number, or a name
 * @param metadata the facts stored with it
 * @param sites    the quantized layers and all attentions by name
 * @param data     the files of its external data
 * @param precisions what values are rounded to
 */
record OnnxFile(Path file, Map<String, List<String>> inputs, Map<String, String> metadata, Map<String, Site> sites, List<Path> data,
                Set<Precision> precisions) {
    /**
     * A layer of the model.
     *
     * @param operator Conv, MatMul or Gemm; {@link LayerReport#ATTENTION}
     * @param products the names of the operators that multiply for it
     * @param factors  how many operands of a product are dequantized, at most: 0, 1 or 2
     */
    record Site(String operator, List<String> products, int factors) {
        Site {
            products = List.copyOf(products);
        }

        /** Whether a product has a dequantized operand. */
        boolean quantized() {
            return factors > 0;
        }
    }

    private static final Set<String> PRODUCTS = Set.of("Conv", "MatMul", "Gemm");
    private static final Set<String> MOVES = Set.of("Transpose", "Cast", "Reshape");
    /** ONNX's number of 4-bit floats, which this protobuf has no name for. */
    private static final int FLOAT4E2M1 = 23;
    /** By the type of codes and zero points. */
    private static final Map<Integer, Precision> PRECISIONS = Map.of(DataType.INT8_VALUE, Precision.INT8, DataType.FLOAT8E4M3FN_VALUE, Precision.FP8,
        DataType.FLOAT8E5M2_VALUE, Precision.FP8, FLOAT4E2M1, Precision.NVFP4);
    /** By TensorRT's operators for blocks. */
    private static final Map<String, Precision> OPERATORS = Map.of("TRT_MXFP8DequantizeLinear", Precision.MXFP8, "TRT_FP4DynamicQuantize",
        Precision.NVFP4);

    /**
     * Reads a model.
     *
     * @throws io.halftone.export.EngineException if the file is none, or not what it says, or lacks its external data
     */
    static OnnxFile read(Path file) throws IOException {
        ModelFile read = ModelFile.read(file);
        ModelProto model = read.model();
        return new OnnxFile(file, inputs(model), metadata(model), sites(model), read.data(), precisions(model));
    }

    /** The names of the dimensions of its inputs that are no numbers. */
    Set<String> dimensions() {
        Set<String> names = new TreeSet<>();
        inputs.values().forEach(dims -> dims.stream().filter(dim -> !Profile.isNumber(dim)).forEach(names::add));
        return names;
    }

    /** The extents that the exporter stored with it for its dimensions; empty where it stored none. */
    Map<String, Extent> extents() {
        Map<String, Extent> extents = new TreeMap<>(ExtentFacts.parse(file.toString(), metadata.getOrDefault(ExtentFacts.KEY, "{}")).extents());
        extents.keySet().retainAll(dimensions());
        return extents;
    }

    /** A digest of the model and its external data. */
    String digest() throws IOException {
        var digest = new Digest();
        digest.add(file);
        for (Path part : data) {
            digest.add(part);
        }
        return digest.text();
    }

    private static Map<String, List<String>> inputs(ModelProto model) {
        Set<String> initializers = new HashSet<>();
        model.getGraph().getInitializerList().forEach(tensor -> initializers.add(tensor.getName()));
        Map<String, List<String>> inputs = new LinkedHashMap<>();
        for (ValueInfoProto input : model.getGraph().getInputList()) {
            if (!initializers.contains(input.getName())) {
                inputs.put(input.getName(), input.getType().getTensorType().getShape().getDimList().stream().map(OnnxFile::text).toList());
            }
        }
        return inputs;
    }

    private static String text(Dimension dimension) {
        return dimension.hasDimValue() ? Long.toString(dimension.getDimValue()) : dimension.getDimParam();
    }

    private static Map<String, String> metadata(ModelProto model) {
        Map<String, String> metadata = new TreeMap<>();
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        return metadata;
    }

    /** An operator that multiplies. */
    private record Product(String name, String operator, int factors) {}

    /** What a layer's operators are called begins with its name. */
    private static Map<String, Site> sites(ModelProto model) {
        Set<String> dequantized = new HashSet<>();
        Set<String> softmaxes = new HashSet<>();
        Map<String, List<Product>> products = new TreeMap<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            boolean moves = MOVES.contains(node.getOpType()) && dequantized.contains(node.getInput(0));
            if (node.getOpType().endsWith("DequantizeLinear") || moves) {
                dequantized.add(node.getOutput(0));
            }
            String layer = node.getName().substring(0, Math.max(0, node.getName().lastIndexOf('/')));
            if (node.getOpType().equals("Softmax")) {
                softmaxes.add(layer);
            } else if (PRODUCTS.contains(node.getOpType()) && !layer.isEmpty()) {
                int factors = (int) node.getInputList().stream().limit(2).filter(dequantized::contains).count();
                products.computeIfAbsent(layer, absent -> new ArrayList<>()).add(new Product(node.getName(), node.getOpType(), factors));
            }
        }
        Map<String, Site> sites = new TreeMap<>();
        products.forEach((layer, its) -> {
            int factors = its.stream().mapToInt(Product::factors).max().orElse(0);
            if (softmaxes.contains(layer) && its.size() > 1) {
                sites.put(layer, new Site(LayerReport.ATTENTION, its.stream().map(Product::name).toList(), factors));
            } else if (factors > 0) {                // an algorithm may add products that stay in floating point
                List<String> names = its.stream().filter(product -> product.factors() == factors).map(Product::name).toList();
                sites.put(layer, new Site(its.get(0).operator(), names, factors));
            }
        });
        return sites;
    }

    /** The extents of named dimensions where the inputs have these shapes. */
    Map<String, Long> extents(Map<String, List<Long>> shapes) {
        Map<String, Long> extents = new TreeMap<>();
        inputs.forEach((name, dims) -> {
            for (int i = 0; i < dims.size(); i++) {
                if (!Profile.isNumber(dims.get(i))) {
                    extents.put(dims.get(i), shapes.get(name).get(i));
                }
            }
        });
        return extents;
    }

    private static Set<Precision> precisions(ModelProto model) {
        Set<Precision> precisions = EnumSet.noneOf(Precision.class);
        model.getGraph().getInitializerList().stream().map(tensor -> PRECISIONS.get(tensor.getDataType())).filter(Objects::nonNull)
            .forEach(precisions::add);
        model.getGraph().getNodeList().stream().map(node -> OPERATORS.get(node.getOpType())).filter(Objects::nonNull).forEach(precisions::add);
        return precisions;
    }
}
