package io.halftone.torch.internal;

import io.halftone.ops.DType;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element types, ours and libtorch's. */
final class Types {
    private static final Map<DType, ScalarType> SCALAR_TYPES = new EnumMap<>(Map.ofEntries(
        Map.entry(DType.FLOAT32, ScalarType.Float),
        Map.entry(DType.FLOAT16, ScalarType.Half),
        Map.entry(DType.BFLOAT16, ScalarType.BFloat16),
        Map.entry(DType.FLOAT64, ScalarType.Double),
        Map.entry(DType.INT64, ScalarType.Long),
        Map.entry(DType.INT32, ScalarType.Int),
        Map.entry(DType.INT16, ScalarType.Short),
        Map.entry(DType.INT8, ScalarType.Char),
        Map.entry(DType.UINT8, ScalarType.Byte),
        Map.entry(DType.BOOL, ScalarType.Bool),
        Map.entry(DType.FLOAT8_E4M3, ScalarType.Float8_e4m3fn),
        Map.entry(DType.FLOAT8_E5M2, ScalarType.Float8_e5m2)));
    /** By libtorch's number: the enum objects that come from native code are not its constants. */
    private static final DType[] DTYPES = new DType[Byte.MAX_VALUE];

    static {
        SCALAR_TYPES.forEach((type, scalarType) -> DTYPES[scalarType.value] = type);
    }

    private Types() {}

    static ScalarType of(DType type) {
        return SCALAR_TYPES.get(type);
    }

    static DType of(Tensor tensor) {
        DType type = DTYPES[tensor.scalar_type().value];
        if (type == null) {
            throw new IllegalStateException("tensor: found elements of type " + tensor.scalar_type().intern() + "; expected one of " + SCALAR_TYPES.keySet());
        }
        return type;
    }
}
