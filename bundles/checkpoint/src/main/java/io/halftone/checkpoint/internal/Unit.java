package io.halftone.checkpoint.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Parameters.Info;
import io.halftone.ops.TensorView;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Tensors that are read and written together, and lie in one file.
 *
 * @param name    of the weight they stand for, or of the one tensor
 * @param tensors by full name
 * @param source  reads them; empty where the weight cannot be stored in codes
 */
record Unit(String name, Map<String, Info> tensors, Supplier<Optional<Map<String, TensorView>>> source) {
    /** Magnitudes or factors. */
    static Unit ofVector(String name, float[] vector) {
        return new Unit(name, Map.of(name, new Info(DType.FLOAT32, new long[] {vector.length})),
            () -> Optional.of(Map.of(name, TensorView.ofFloats(vector, vector.length))));
    }

    static Unit ofScalar(String name, float value) {
        return new Unit(name, Map.of(name, new Info(DType.FLOAT32, new long[0])),
            () -> Optional.of(Map.of(name, TensorView.ofFloats(new float[] {value}))));
    }

    /** A tensor as it is. */
    static Unit ofParameter(String name, Parameters parameters) {
        return ofCopy(name, name, parameters);
    }

    /** A tensor under another name. */
    static Unit ofCopy(String name, String parameter, Parameters parameters) {
        return new Unit(name, Map.of(name, parameters.info(parameter)), () -> Optional.of(Map.of(name, parameters.read(parameter))));
    }

    /** A layer's weight in codes. */
    static Unit ofCodes(String layer, Codec codec, Parameters parameters) {
        Map<String, Info> tensors = new TreeMap<>();
        codec.tensors().forEach((name, info) -> tensors.put(layer + "." + name, info));
        String weight = layer + "." + Codec.WEIGHT;
        return new Unit(weight, tensors, () -> codec.encode(parameters.read(weight)).map(bytes -> {
            Map<String, TensorView> views = new TreeMap<>();
            bytes.forEach((name, buffer) -> {
                Info info = codec.tensors().get(name);
                views.put(layer + "." + name, TensorView.host(info.dtype(), info.shape(), buffer));
            });
            return views;
        }));
    }

    long byteLength() {
        return tensors.values().stream().mapToLong(Info::byteLength).sum();
    }
}
