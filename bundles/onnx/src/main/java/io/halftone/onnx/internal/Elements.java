package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements as ONNX stores them: row-major, little-endian. */
final class Elements {
    /** A 4-bit float with 2 exponent bits and 1 of mantissa: a type that the schema in use has no name for. */
    static final int FLOAT4E2M1 = 23;

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOATS = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

    private Elements() {}

    /** The type's name in ONNX. */
    static DataType type(DType type) {
        return switch (type) {
            case FLOAT32 -> DataType.FLOAT;
            case FLOAT16 -> DataType.FLOAT16;
            case BFLOAT16 -> DataType.BFLOAT16;
            case FLOAT64 -> DataType.DOUBLE;
            case INT64 -> DataType.INT64;
            case INT32 -> DataType.INT32;
            case INT16 -> DataType.INT16;
            case INT8 -> DataType.INT8;
            case UINT8 -> DataType.UINT8;
            case BOOL -> DataType.BOOL;
            case FLOAT8_E4M3 -> DataType.FLOAT8E4M3FN;
            case FLOAT8_E5M2 -> DataType.FLOAT8E5M2;
        };
    }

    /** The bits that an element takes in a file; 0 for a type that this exporter never writes. */
    static int bits(int type) {
        DataType named = DataType.forNumber(type);
        if (named == null) {
            return type == FLOAT4E2M1 ? 4 : 0;
        }
        return switch (named) {
            case FLOAT, INT32 -> 32;
            case FLOAT16, BFLOAT16, INT16 -> 16;
            case DOUBLE, INT64 -> 64;
            case INT8, UINT8, BOOL, FLOAT8E4M3FN, FLOAT8E5M2 -> 8;
            default -> 0;
        };
    }

    /** What ONNX calls a type. */
    static String name(int type) {
        DataType named = DataType.forNumber(type);
        return named != null ? named.toString() : type == FLOAT4E2M1 ? "FLOAT4E2M1" : "of number " + type;
    }

    /**
     * The values in the type, rounded to nearest even.
     *
     * @throws IllegalArgumentException if the type is not a compute type
     */
    static byte[] encode(float[] values, DType type) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, type.bytes())];
        encode(values, values.length, type, bytes, 0);
        return bytes;
    }

    /** The first values in the type, as {@link #encode(float[], DType)} has them, from a place of an array on. */
    static void encode(float[] values, int count, DType type, byte[] bytes, int at) {
        switch (type) {
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    FLOATS.set(bytes, at + i * Float.BYTES, values[i]);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    SHORTS.set(bytes, at + i * Short.BYTES, Float16.fromFloat(values[i]));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    SHORTS.set(bytes, at + i * Short.BYTES, Float16.bfloat16(values[i]));
                }
            }
            default -> throw noFloats(type);
        }
    }

    /**
     * Values from elements of the type.
     *
     * @throws IllegalArgumentException if the type is not a compute type
     */
    static void decode(byte[] bytes, int at, DType type, float[] values, int count) {
        switch (type) {
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = (float) FLOATS.get(bytes, at + i * Float.BYTES);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float16.toFloat((short) SHORTS.get(bytes, at + i * Short.BYTES));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float16.ofBfloat16((short) SHORTS.get(bytes, at + i * Short.BYTES));
                }
            }
            default -> throw noFloats(type);
        }
    }

    /** Makes the first values those that the type holds. */
    static void round(float[] values, int count, DType type) {
        switch (type) {
            case FLOAT32 -> {
                // holds all of them
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float16.toFloat(Float16.fromFloat(values[i]));
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float16.ofBfloat16(Float16.bfloat16(values[i]));
                }
            }
            default -> throw noFloats(type);
        }
    }

    /** What a table has for elements of 16 bits. */
    static void look(byte[] table, byte[] bytes, int from, int count, byte[] made, int to) {
        for (int i = 0; i < count; i++) {
            made[to + i] = table[(short) SHORTS.get(bytes, from + i * Short.BYTES) & 0xffff];
        }
    }

    private static IllegalArgumentException noFloats(DType type) {
        return new IllegalArgumentException("floating values: found type " + type + "; expected FLOAT32, FLOAT16 or BFLOAT16");
    }

    /** One value in the type; a whole number for the integer types. */
    static byte[] encode(double value, DType type) {
        ByteBuffer bytes = allocate(1, type);
        switch (type) {
            case FLOAT64 -> bytes.putDouble(value);
            case INT64 -> bytes.putLong((long) value);
            case INT32 -> bytes.putInt((int) value);
            default -> {
                return encode(new float[] {(float) value}, type);
            }
        }
        return bytes.array();
    }

    static byte[] encode(long... values) {
        ByteBuffer bytes = allocate(values.length, DType.INT64);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    private static ByteBuffer allocate(int count, DType type) {
        return ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
