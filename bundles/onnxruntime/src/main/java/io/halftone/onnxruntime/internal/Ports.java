package io.halftone.onnxruntime.internal;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.halftone.export.EngineException;
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The inputs of a session, and the check of what is bound to them. */
final class Ports {
    private final Map<String, Port> byName = new LinkedHashMap<>();

    /**
     * @param extents a number; or -1 and a name, which may be empty
     */
    private record Port(DType type, long[] extents, String[] names) {
        @Override
        public String toString() {
            String[] shape = new String[extents.length];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = extents[i] >= 0 ? Long.toString(extents[i]) : names[i].isEmpty() ? "any" : names[i];
            }
            return type + " [" + String.join(", ", shape) + "]";
        }
    }

    Ports(OrtSession session) throws OrtException {
        for (NodeInfo node : session.getInputInfo().values()) {
            if (!(node.getInfo() instanceof TensorInfo tensor)) {
                throw new EngineException("input " + node.getName() + ": found " + node.getInfo() + "; expected a tensor");
            }
            byName.put(node.getName(), new Port(type(tensor.type), tensor.getShape(), tensor.getDimensionNames()));
        }
    }

    Map<String, DType> types() {
        Map<String, DType> types = new LinkedHashMap<>();
        byName.forEach((name, port) -> types.put(name, port.type()));
        return Collections.unmodifiableMap(types);
    }

    /** Refuses what does not fit: names, types, memory, extents, and one name with two extents. */
    void verify(Values<TensorView> inputs) {
        if (!inputs.names().equals(byName.keySet())) {
            throw new EngineException("inputs: found " + inputs.names() + "; expected " + byName.keySet());
        }
        Map<String, Long> named = new HashMap<>();
        byName.forEach((name, port) -> {
            TensorView view = inputs.get(name);
            long[] shape = view.shape();
            boolean fits = view.isHost() && view.dtype() == port.type() && shape.length == port.extents().length;
            for (int i = 0; fits && i < shape.length; i++) {
                fits = port.extents()[i] < 0 || port.extents()[i] == shape[i];
            }
            if (!fits) {
                throw new EngineException("input " + name + ": found " + view + "; expected " + port + " in host memory");
            }
            for (int i = 0; i < shape.length; i++) {
                String dimension = port.extents()[i] < 0 ? port.names()[i] : "";
                Long before = dimension.isEmpty() ? null : named.putIfAbsent(dimension, shape[i]);
                if (before != null && before != shape[i]) {
                    throw new EngineException("input " + name + ": found " + dimension + " " + shape[i] + "; expected " + before
                        + ", as in an input before");
                }
            }
        });
    }

    static DType type(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> DType.FLOAT32;
            case FLOAT16 -> DType.FLOAT16;
            case BFLOAT16 -> DType.BFLOAT16;
            case DOUBLE -> DType.FLOAT64;
            case INT64 -> DType.INT64;
            case INT32 -> DType.INT32;
            case INT16 -> DType.INT16;
            case INT8 -> DType.INT8;
            case UINT8 -> DType.UINT8;
            case BOOL -> DType.BOOL;
            default -> throw new EngineException("tensor: found type " + type + "; expected a type of numbers or truth values");
        };
    }

    static OnnxJavaType type(DType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case INT64 -> OnnxJavaType.INT64;
            case INT32 -> OnnxJavaType.INT32;
            case INT16 -> OnnxJavaType.INT16;
            case INT8 -> OnnxJavaType.INT8;
            case UINT8 -> OnnxJavaType.UINT8;
            case BOOL -> OnnxJavaType.BOOL;
            default -> throw new EngineException("tensor: found type " + type + "; expected one that ONNX Runtime takes from Java");
        };
    }
}
