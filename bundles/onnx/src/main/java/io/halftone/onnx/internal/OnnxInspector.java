package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.ModelInspector;
import io.halftone.export.ModelReport;
import io.halftone.export.ModelReport.Port;
import io.halftone.model.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Looks into ONNX models of any producer. */
@Component(service = ModelInspector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("onnx")
public final class OnnxInspector implements ModelInspector {
    @Override
    public ModelReport inspect(Path file) throws IOException {
        Outline model = OutlineReader.read(file);
        List<String> problems = new ArrayList<>();
        if (model.irVersion() < 1) {
            problems.add("ir_version: found none; expected the version of the file format");
        }
        Map<String, Integer> operators = new TreeMap<>();
        Set<String> domains = new TreeSet<>();
        count(model.graph(), operators, domains);
        domains.removeAll(model.opsets().keySet());
        domains.forEach(domain -> problems.add("opset of domain " + (domain.isEmpty() ? "ai.onnx" : domain) + ": found none, and nodes of it; expected one"));
        StoredWeights weights = new StoredWeights(file.toAbsolutePath().normalize().getParent(), problems);
        weights.add(model.graph());
        Set<String> valued = model.graph().initializers().stream().map(Outline.Tensor::name).collect(Collectors.toSet());
        List<Port> inputs = model.graph().inputs().stream().filter(input -> !valued.contains(input.getName())).map(OnnxInspector::port).toList();
        List<Port> outputs = model.graph().outputs().stream().map(OnnxInspector::port).toList();
        ModelReport.Weights stored = weights.sum();
        return new ModelReport(file, Files.size(file), model.irVersion(), model.opsets(), model.producer(), inputs, outputs, operators,
            QuantizedValues.of(model.graph()), stored, model.metadata(), problems);
    }

    private static void count(Outline.Graph graph, Map<String, Integer> operators, Set<String> domains) {
        for (Outline.Node node : graph.nodes()) {
            operators.merge(node.type(), 1, Integer::sum);
            domains.add(node.domain().equals("ai.onnx") ? "" : node.domain());
            node.graphs().forEach(inner -> count(inner, operators, domains));
        }
    }

    private static Port port(ValueInfoProto value) {
        TypeProto type = value.getType();
        return switch (type.getValueCase()) {
            case TENSOR_TYPE -> new Port(value.getName(), ElementTypes.name(type.getTensorType().getElemType()), dims(type.getTensorType().getShape()));
            case SEQUENCE_TYPE -> new Port(value.getName(), "sequence", List.of());
            case MAP_TYPE -> new Port(value.getName(), "map", List.of());
            case OPTIONAL_TYPE -> new Port(value.getName(), "optional", List.of());
            case SPARSE_TENSOR_TYPE -> new Port(value.getName(), "sparse " + ElementTypes.name(type.getSparseTensorType().getElemType()),
                dims(type.getSparseTensorType().getShape()));
            default -> new Port(value.getName(), "unknown", List.of());
        };
    }

    private static List<String> dims(TensorShapeProto shape) {
        return shape.getDimList().stream().map(dim -> switch (dim.getValueCase()) {
            case DIM_VALUE -> Long.toString(dim.getDimValue());
            case DIM_PARAM -> dim.getDimParam();
            default -> "?";
        }).toList();
    }
}
