package io.halftone.ops;

import java.nio.ByteBuffer;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** The tensors of a checkpoint by name; none is held. Safe for use by several threads. */
@ConsumerType
public interface Parameters {
    /**
     * What a header says of a tensor.
     *
     * @param dtype the type as stored
     * @param shape the extents
     */
    record Info(DType dtype, long[] shape) {
        public Info {
            shape = shape.clone();
        }

        @Override
        public long[] shape() {
            return shape.clone();
        }

        /** The bytes that the tensor takes. */
        public long byteLength() {
            return TensorView.byteLength(dtype, shape);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Info info && dtype == info.dtype && java.util.Arrays.equals(shape, info.shape);
        }

        @Override
        public int hashCode() {
            return 31 * dtype.hashCode() + java.util.Arrays.hashCode(shape);
        }

        @Override
        public String toString() {
            return java.util.Arrays.toString(shape) + " " + dtype;
        }
    }

    /** The names, sorted. */
    Set<String> names();

    /** Type and shape; throws {@link CheckpointException} if there is no such tensor. */
    Info info(String name);

    /**
     * The tensor in host memory of its own.
     *
     * @throws CheckpointException if there is no such tensor or it cannot be read
     */
    TensorView read(String name);

    /** Reads parts of one tensor. Safe for use by several threads. */
    @FunctionalInterface
    @ConsumerType
    interface Window {
        /**
         * Fills the target with bytes of the tensor, little-endian and row-major.
         *
         * @param offset of the first one, counted from the tensor's first
         * @throws IllegalArgumentException if the target's remaining bytes do not lie within the tensor
         * @throws CheckpointException if they cannot be read
         */
        void read(long offset, ByteBuffer target);
    }

    /**
     * What reads parts of a tensor, so that no more than these are in memory. Where parts cannot be had apart, the whole tensor is read
     * here, and held as long as the result is.
     *
     * @throws CheckpointException if there is no such tensor or it cannot be read
     */
    default Window window(String name) {
        ByteBuffer whole = read(name).bytes();
        return (offset, target) -> {
            int count = target.remaining();
            if (offset < 0 || count > whole.limit() - offset) {
                throw new IllegalArgumentException(name + ": found a window of " + count + " bytes at " + offset + "; expected one within "
                    + whole.limit() + " bytes");
            }
            target.put(target.position(), whole, (int) offset, count).position(target.position() + count);
        };
    }
}
