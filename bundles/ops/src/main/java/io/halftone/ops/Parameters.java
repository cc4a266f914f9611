package io.halftone.ops;

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
}
