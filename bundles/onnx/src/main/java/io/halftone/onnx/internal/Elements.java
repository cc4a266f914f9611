package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/** Elements as ONNX stores them: row-major, little-endian. */
final class Elements {
    /** A 4-bit float with 2 exponent bits and 1 of mantissa: a type that the schema in use has no name for. */
    static final int FLOAT4E2M1 = 23;

    /** Rows and columns that are exchanged at a time: both tiles fit a core's first cache. */
    private static final int TILE = 64;

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
        ByteBuffer bytes = allocate(values.length, type);
        switch (type) {
            case FLOAT32 -> bytes.asFloatBuffer().put(values);
            case FLOAT16 -> {
                for (float value : values) {
                    bytes.putShort(Float16.fromFloat(value));
                }
            }
            case BFLOAT16 -> {
                for (float value : values) {
                    bytes.putShort(Float16.bfloat16(value));
                }
            }
            default -> throw new IllegalArgumentException("floating values: found type " + type
                + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        return bytes.array();
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

    /** A (rows, columns) matrix as (columns, rows). */
    static byte[] transpose(byte[] matrix, int rows, int columns, int width) {
        byte[] turned = new byte[matrix.length];
        int tilesAcross = (columns + TILE - 1) / TILE;
        int tiles = (rows + TILE - 1) / TILE * tilesAcross;
        IntStream.range(0, tiles).parallel().forEach(tile -> {
            int top = tile / tilesAcross * TILE;
            int left = tile % tilesAcross * TILE;
            int height = Math.min(rows - top, TILE);
            for (int c = left; c < Math.min(columns, left + TILE); c++) {
                gather(matrix, (top * columns + c) * width, columns * width, turned, (c * rows + top) * width, height, width);
            }
        });
        return turned;
    }

    /** Elements that are a step apart, one behind another. */
    private static void gather(byte[] source, int from, int step, byte[] target, int to, int count, int width) {
        if (width == 1) {
            for (int i = 0; i < count; i++) {
                target[to + i] = source[from + i * step];
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            System.arraycopy(source, from + i * step, target, to + i * width, width);
        }
    }

    private static ByteBuffer allocate(int count, DType type) {
        return ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
