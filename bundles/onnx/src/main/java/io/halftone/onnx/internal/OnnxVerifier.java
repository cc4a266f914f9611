package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import io.halftone.export.ExportException;
import io.halftone.export.ExportReport.QuantizedLayer;
import io.halftone.quant.Slot;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a written model and checks that it is what was meant. Knows nothing of how it was written. */
final class OnnxVerifier {
    private final ModelProto model;
    private final Tensors tensors;

    private OnnxVerifier(ModelProto model, Path folder) {
        this.model = model;
        this.tensors = new Tensors(model.getGraph().getInitializerList(), folder);
    }

    /** Reads the model file; its data is looked for beside it. */
    static OnnxVerifier read(Path model) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(model))) {
            return new OnnxVerifier(ModelProto.parseFrom(in), model.toAbsolutePath().getParent());
        }
    }

    /** The number of operators. */
    int nodes() {
        return model.getGraph().getNodeCount();
    }

    /** The number of operators of that type. */
    long count(String operator) {
        return model.getGraph().getNodeList().stream().filter(n -> n.getOpType().equals(operator)).count();
    }

    /**
     * Checks the file, and that each of these layers rounds what it is to round, and nothing else.
     *
     * @param quantizedSlots what is planned, by the layer's name
     * @return the layers as the file has them, in the order given
     * @throws ExportException if something is not as it should be; of quantized layers it names all that are not as planned
     */
    List<QuantizedLayer> verify(Map<String, Set<Slot>> quantizedSlots) throws IOException {
        tensors.verify();
        verifyOrder();
        Map<String, Long> opsets = model.getOpsetImportList().stream()
            .collect(Collectors.toMap(OperatorSetIdProto::getDomain, OperatorSetIdProto::getVersion, Math::max));
        for (NodeProto node : model.getGraph().getNodeList()) {
            require(opsets.containsKey(node.getDomain()), node.getName(), "domain " + node.getDomain(), "one of " + opsets.keySet());
        }
        Roundings roundings = new Roundings(model.getGraph(), tensors, opsets.getOrDefault("", 0L));
        roundings.verify();
        return new QuantizedLayers(model.getGraph(), roundings).verify(quantizedSlots);
    }

    /** Each value is made once, before it is used; each initializer is used. */
    private void verifyOrder() {
        Set<String> known = new HashSet<>(tensors.names());
        model.getGraph().getInputList().forEach(input -> claim(known, input.getName()));
        Set<String> used = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (NodeProto node : model.getGraph().getNodeList()) {
            for (String input : node.getInputList()) {
                require(input.isEmpty() || known.contains(input), node.getName(), "input " + input, "a value made before");
                used.add(input);
            }
            node.getOutputList().forEach(output -> claim(known, output));
            require(names.add(node.getName()), node.getName(), "two nodes of that name", "one");
        }
        for (var output : model.getGraph().getOutputList()) {
            require(known.contains(output.getName()), "output " + output.getName(), "no value of that name", "one");
            require(output.getType().getTensorType().hasShape(), "output " + output.getName(), "no shape", "one");
            used.add(output.getName());
        }
        for (String name : tensors.names()) {
            require(used.contains(name), "initializer " + name, "no node that uses it", "one");
        }
    }

    private static void claim(Set<String> known, String name) {
        require(known.add(name), "value " + name, "two of that name", "one");
    }

    static void require(boolean holds, String where, Object found, Object expected) {
        if (!holds) {
            throw new ExportException(where + ": found " + found + "; expected " + expected);
        }
    }
}
