package io.halftone.onnx.proto;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.InvalidProtocolBufferException;
import io.halftone.export.EngineException;
import io.halftone.export.ExternalTensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An exported model, read without its external data and checked before anything native sees it: its operators have the inputs and
 * outputs that are looked at, its tensors as many bytes as their shapes say, and its external data lies beside it, is no link and
 * holds every tensor.
 *
 * @param model what the file says
 * @param data  the files of its external data, in order
 */
public record ModelFile(ModelProto model, List<Path> data) {
    /** What a message of protobuf may have at most. */
    private static final long MOST = Integer.MAX_VALUE;
    private static final int BITS = 8;

    /** Bits of an element by the number of its type, of all types that have a fixed number of them. */
    private static final Map<Integer, Integer> TYPES = Map.ofEntries(
        Map.entry(DataType.FLOAT_VALUE, 32), Map.entry(DataType.UINT8_VALUE, 8), Map.entry(DataType.INT8_VALUE, 8),
        Map.entry(DataType.UINT16_VALUE, 16), Map.entry(DataType.INT16_VALUE, 16), Map.entry(DataType.INT32_VALUE, 32),
        Map.entry(DataType.INT64_VALUE, 64), Map.entry(DataType.BOOL_VALUE, 8), Map.entry(DataType.FLOAT16_VALUE, 16),
        Map.entry(DataType.DOUBLE_VALUE, 64), Map.entry(DataType.UINT32_VALUE, 32), Map.entry(DataType.UINT64_VALUE, 64),
        Map.entry(DataType.COMPLEX64_VALUE, 64), Map.entry(DataType.COMPLEX128_VALUE, 128), Map.entry(DataType.BFLOAT16_VALUE, 16),
        Map.entry(17, 8), Map.entry(18, 8), Map.entry(19, 8), Map.entry(20, 8),      // 8-bit floats
        Map.entry(21, 4), Map.entry(22, 4), Map.entry(23, 4), Map.entry(24, 8));      // UINT4, INT4, FLOAT4E2M1, FLOAT8E8M0

    /** Inputs that an operator is read with; every one of these has an output. */
    private static final Map<String, Integer> INPUTS = Map.of("QuantizeLinear", 2, "DequantizeLinear", 2, "Conv", 2, "MatMul", 2, "Gemm", 2,
        "Transpose", 1, "Cast", 1, "Reshape", 1);

    public ModelFile {
        data = List.copyOf(data);
    }

    /**
     * Reads a model.
     *
     * @throws NoSuchFileException if there is no such file
     * @throws EngineException if it is no model, or one that is not as it should be
     */
    public static ModelFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (Files.size(file) > MOST) {
            throw new EngineException(file + ": found " + Files.size(file) + " bytes; expected at most " + MOST + ", with large tensors in external data");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return of(file, ModelProto.parseFrom(in));
        } catch (InvalidProtocolBufferException e) {
            throw new EngineException(file + ": found bytes that do not parse; expected an ONNX model", e);
        }
    }

    /**
     * Checks a model.
     *
     * @param file where it lies, and what messages call it
     * @throws EngineException if it is not as it should be
     */
    static ModelFile of(Path file, ModelProto model) {
        GraphProto graph = model.getGraph();
        if (graph.getNodeCount() == 0) {
            throw new EngineException(file + ": found a model without operators; expected an ONNX model");
        }
        for (NodeProto node : graph.getNodeList()) {
            int inputs = INPUTS.getOrDefault(node.getOpType(), node.getOpType().endsWith("DequantizeLinear") ? 1 : 0);
            if (inputs > 0 && (node.getInputCount() < inputs || node.getOutputCount() == 0)) {
                throw new EngineException(file + ": " + node.getName() + ": found " + node.getOpType() + " with " + node.getInputCount()
                    + " inputs and " + node.getOutputCount() + " outputs; expected at least " + inputs + " and 1");
            }
        }
        Set<Path> data = new TreeSet<>();
        ModelTensors.forEach(model, tensor -> {
            if (tensor.getDataLocation() == DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0) {
                List<Map.Entry<String, String>> entries = tensor.getExternalDataList().stream().map(e -> Map.entry(e.getKey(), e.getValue())).toList();
                data.add(ExternalTensor.of(file, tensor.getName(), entries).locate(file, bytes(file, tensor)));
            } else if (tensor.hasRawData() && tensor.getRawData().size() != bytes(file, tensor)) {
                throw new EngineException(file + ": " + tensor.getName() + ": found " + tensor.getRawData().size() + " bytes; expected "
                    + bytes(file, tensor) + ", as its shape and type have it");
            }
        });
        return new ModelFile(model, List.copyOf(data));
    }

    private static long bytes(Path file, TensorProto tensor) {
        Integer bits = TYPES.get(tensor.getDataType());
        if (bits == null) {
            throw new EngineException(file + ": " + tensor.getName() + ": found type " + tensor.getDataType()
                + "; expected one whose elements have a fixed size");
        }
        try {
            long count = 1;
            for (long extent : tensor.getDimsList()) {
                if (extent < 0) {
                    throw new EngineException(file + ": " + tensor.getName() + ": found extents " + tensor.getDimsList() + "; expected none below 0");
                }
                count = Math.multiplyExact(count, extent);
            }
            return (Math.multiplyExact(count, (long) bits) + BITS - 1) / BITS;
        } catch (ArithmeticException e) {
            throw new EngineException(file + ": " + tensor.getName() + ": found extents " + tensor.getDimsList()
                + "; expected those of less than 2^60 bytes", e);
        }
    }
}
