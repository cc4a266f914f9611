package io.halftone.ops;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A dense row-major tensor in memory that somebody else owns: how tensors pass between bundles that do not share a
 * tensor library. Host memory is a buffer; device memory is an address.
 */
public final class TensorView {
    private final DType dtype;
    private final long[] shape;
    private final ByteBuffer host;
    private final long address;
    private final int device;

    private TensorView(DType dtype, long[] shape, ByteBuffer host, long address, int device) {
        this.dtype = dtype;
        this.shape = shape.clone();
        this.host = host;
        this.address = address;
        this.device = device;
    }

    /**
     * A tensor in host memory, little-endian.
     *
     * @throws IllegalArgumentException if the buffer's remaining bytes are not those of the shape
     */
    public static TensorView host(DType dtype, long[] shape, ByteBuffer bytes) {
        long expected = byteLength(dtype, shape);
        if (bytes.remaining() != expected) {
            throw new IllegalArgumentException("tensor " + Arrays.toString(shape) + " " + dtype + ": found " + bytes.remaining()
                + " bytes; expected " + expected);
        }
        return new TensorView(dtype, shape, bytes.slice().order(ByteOrder.LITTLE_ENDIAN), 0, -1);
    }

    /** A float32 tensor in new host memory. */
    public static TensorView ofFloats(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return host(DType.FLOAT32, shape, bytes);
    }

    /** An int64 tensor in new host memory. */
    public static TensorView ofLongs(long[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(values.length, 8)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return host(DType.INT64, shape, bytes);
    }

    /** A tensor in the memory of an accelerator, counted from 0. */
    public static TensorView device(DType dtype, long[] shape, long address, int device) {
        if (device < 0) {
            throw new IllegalArgumentException("device: found " + device + "; expected >= 0");
        }
        return new TensorView(dtype, shape, null, address, device);
    }

    /** The bytes that a tensor takes; throws {@link ArithmeticException} past 2^63. */
    public static long byteLength(DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("shape: found " + Arrays.toString(shape) + "; expected extents >= 0");
            }
            bytes = Math.multiplyExact(bytes, extent);
        }
        return bytes;
    }

    public DType dtype() {
        return dtype;
    }

    /** A copy of the extents. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public long count() {
        return byteLength() / dtype.bytes();
    }

    public long byteLength() {
        return byteLength(dtype, shape);
    }

    /** Whether the tensor is in host memory. */
    public boolean isHost() {
        return host != null;
    }

    /** The accelerator that holds the tensor, counted from 0; -1 for the host. */
    public int device() {
        return device;
    }

    /** The address on the device; 0 for host memory. */
    public long address() {
        return address;
    }

    /**
     * The bytes in host memory, little-endian, in a buffer with its own position.
     *
     * @throws IllegalStateException if the tensor is on a device
     */
    public ByteBuffer bytes() {
        if (host == null) {
            throw new IllegalStateException("tensor on device " + device + ": found device memory; expected host memory");
        }
        return host.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements as floats, widened from float16 and bfloat16. */
    public float[] toFloats() {
        ByteBuffer bytes = bytes();
        int n = Math.toIntExact(count());
        float[] values = new float[n];
        switch (dtype) {
            case FLOAT32 -> bytes.asFloatBuffer().get(values);
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    values[i] = (float) bytes.getDouble();
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    values[i] = Float16.toFloat(bytes.getShort());
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    values[i] = Float16.ofBfloat16(bytes.getShort());
                }
            }
            case INT64 -> {
                for (int i = 0; i < n; i++) {
                    values[i] = bytes.getLong();
                }
            }
            case INT8 -> {
                for (int i = 0; i < n; i++) {
                    values[i] = bytes.get();
                }
            }
            default -> throw new IllegalStateException("tensor: found " + dtype + "; expected a type with float values");
        }
        return values;
    }

    @Override
    public String toString() {
        return dtype + " " + Arrays.toString(shape) + (isHost() ? "" : " on device " + device);
    }
}
