package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.ops.DType;
import java.util.Map;
import java.util.TreeMap;

/** Element types by TensorRT's numbers: the enum objects that come from native code are not its constants. */
final class Types {
    private static final Map<Integer, DType> BY_NUMBER = new TreeMap<>(Map.of(0, DType.FLOAT32, 1, DType.FLOAT16, 2, DType.INT8, 3, DType.INT32,
        4, DType.BOOL, 5, DType.UINT8, 6, DType.FLOAT8_E4M3, 7, DType.BFLOAT16, 8, DType.INT64));

    private Types() {}

    /** The type of that number. */
    static DType of(String tensor, int number) {
        DType type = BY_NUMBER.get(number);
        if (type == null) {
            throw new EngineException("tensor " + tensor + ": found TensorRT's type " + number + "; expected one of " + BY_NUMBER.keySet());
        }
        return type;
    }
}
