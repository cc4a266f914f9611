package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** The way of elements between Java and tensors in host memory. */
final class HostMemory {
    private HostMemory() {}

    /** A tensor whose elements have no value yet. */
    static Tensor allocate(DType type, long... sizes) {
        return torch.empty(sizes, new TensorOptions(Types.of(type)), new MemoryFormatOptional());
    }

    /** A tensor with a copy of the view's elements. */
    static Tensor load(TensorView view) {
        if (!view.isHost()) {
            throw new IllegalArgumentException("tensor: found " + view + "; expected host memory");
        }
        Tensor tensor = allocate(view.dtype(), view.shape());
        bytes(tensor).put(view.bytes());
        return tensor;
    }

    /** A float32 tensor with a copy of the values. */
    static Tensor load(float[] values, long... sizes) {
        Tensor tensor = allocate(DType.FLOAT32, sizes);
        if (tensor.numel() != values.length) {
            throw new IllegalArgumentException("constant of " + Arrays.toString(sizes) + ": found " + values.length
                + " values; expected " + tensor.numel());
        }
        bytes(tensor).asFloatBuffer().put(values);
        return tensor;
    }

    /** The memory of a contiguous tensor, valid as long as the tensor. */
    static TensorView view(Tensor contiguous) {
        return TensorView.host(Types.of(contiguous), sizes(contiguous), bytes(contiguous));
    }

    /** The elements as float32. */
    static float[] floats(Tensor x) {
        try (var reading = new Lifetime()) {
            Tensor contiguous = Place.HOST.bring(x.to(Types.of(DType.FLOAT32)).contiguous());
            float[] values = new float[Math.toIntExact(contiguous.numel())];
            bytes(contiguous).asFloatBuffer().get(values);
            return values;
        }
    }

    static long[] longs(Tensor x) {
        try (var reading = new Lifetime()) {
            Tensor contiguous = Place.HOST.bring(x.to(Types.of(DType.INT64)).contiguous());
            long[] values = new long[Math.toIntExact(contiguous.numel())];
            bytes(contiguous).asLongBuffer().get(values);
            return values;
        }
    }

    /** The elements in memory of the Java side's own. */
    static TensorView copy(Tensor x) {
        try (var reading = new Lifetime()) {
            Tensor contiguous = Place.HOST.bring(x.contiguous());
            ByteBuffer source = bytes(contiguous);
            ByteBuffer target = ByteBuffer.allocateDirect(source.remaining());
            return TensorView.host(Types.of(contiguous), sizes(contiguous), target.put(source).flip());
        }
    }

    static long[] sizes(Tensor x) {
        long[] sizes = new long[(int) x.dim()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = x.size(i);
        }
        return sizes;
    }

    private static ByteBuffer bytes(Tensor contiguous) {
        long length = contiguous.nbytes();
        if (length > Integer.MAX_VALUE) {
            throw new IllegalStateException("tensor " + Arrays.toString(sizes(contiguous)) + " " + Types.of(contiguous) + ": found "
                + length + " bytes; expected at most " + Integer.MAX_VALUE + ", what a buffer takes");
        }
        ByteBuffer bytes = length == 0 ? ByteBuffer.allocate(0) : new BytePointer(contiguous.data_ptr()).capacity(length).asByteBuffer();
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
}
