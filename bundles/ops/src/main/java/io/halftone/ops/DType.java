package io.halftone.ops;

import java.util.Arrays;
import java.util.Optional;

/** The type of a tensor's elements. */
public enum DType {
    FLOAT32("F32", 4),
    FLOAT16("F16", 2),
    BFLOAT16("BF16", 2),
    FLOAT64("F64", 8),
    INT64("I64", 8),
    INT32("I32", 4),
    INT16("I16", 2),
    INT8("I8", 1),
    UINT8("U8", 1),
    BOOL("BOOL", 1),
    /** 4 exponent and 3 mantissa bits, no infinity, largest finite value 448. */
    FLOAT8_E4M3("F8_E4M3", 1),
    /** 5 exponent and 2 mantissa bits. */
    FLOAT8_E5M2("F8_E5M2", 1);

    private final String code;
    private final int bytes;

    DType(String code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The name that a safetensors header uses for this type. */
    public String code() {
        return code;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether this is one of the types that a model computes in: float32, float16 or bfloat16. */
    public boolean isCompute() {
        return this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
    }

    /** The type of that safetensors name; empty if there is none. */
    public static Optional<DType> ofCode(String code) {
        return Arrays.stream(values()).filter(t -> t.code.equals(code)).findFirst();
    }
}
