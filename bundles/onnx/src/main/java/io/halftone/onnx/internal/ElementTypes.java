package io.halftone.onnx.internal;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** The types of elements that ONNX knows, those that the schema in use has no name for included. Source: onnx.proto, TensorProto.DataType. */
final class ElementTypes {
    private static final Map<Integer, Type> TYPES = Map.ofEntries(type(1, "FLOAT", 32), type(2, "UINT8", 8), type(3, "INT8", 8),
        type(4, "UINT16", 16), type(5, "INT16", 16), type(6, "INT32", 32), type(7, "INT64", 64), type(8, "STRING", 0), type(9, "BOOL", 8),
        type(10, "FLOAT16", 16), type(11, "DOUBLE", 64), type(12, "UINT32", 32), type(13, "UINT64", 64), type(14, "COMPLEX64", 64),
        type(15, "COMPLEX128", 128), type(16, "BFLOAT16", 16), type(17, "FLOAT8E4M3FN", 8), type(18, "FLOAT8E4M3FNUZ", 8),
        type(19, "FLOAT8E5M2", 8), type(20, "FLOAT8E5M2FNUZ", 8), type(21, "UINT4", 4), type(22, "INT4", 4), type(23, "FLOAT4E2M1", 4),
        type(24, "FLOAT8E8M0", 8), type(25, "UINT2", 2), type(26, "INT2", 2));

    private record Type(String name, int bits) {}

    private ElementTypes() {}

    private static Map.Entry<Integer, Type> type(int number, String name, int bits) {
        return Map.entry(number, new Type(name, bits));
    }

    /** What ONNX calls it. */
    static String name(int number) {
        return TYPES.containsKey(number) ? TYPES.get(number).name() : "type " + number;
    }

    /** The bytes of a tensor, packed; -1 where its elements have no fixed size, and where dimensions are no extents or too large. */
    static long bytes(int number, List<Long> dims) {
        Type type = TYPES.get(number);
        long elements = elements(dims);
        if (type == null || type.bits() == 0 || elements < 0 || elements > Long.MAX_VALUE / 128 - 1) {
            return -1;
        }
        return (elements * type.bits() + 7) / 8;
    }

    /** How many elements a tensor has; -1 where dimensions are no extents or too large. */
    static long elements(List<Long> dims) {
        BigInteger elements = BigInteger.ONE;
        for (long dim : dims) {
            if (dim < 0) {
                return -1;
            }
            elements = elements.multiply(BigInteger.valueOf(dim));
            if (elements.bitLength() > 62) {
                return -1;
            }
        }
        return elements.longValue();
    }
}
