package io.halftone.onnx.internal;

import io.halftone.ops.DType;

/** What becomes of a parameter's elements on their way into the file. The same for an element, whatever is made beside it. Thread-safe. */
interface Recoding {
    /** The parameter's type. */
    DType stored();

    /** Elements that are made together: whole groups, but for the last. */
    int group();

    /** The bytes that a group is made to. */
    int groupBytes();

    /** Whether elements stay as they are. */
    default boolean isIdentity() {
        return false;
    }

    /** The bytes that so many elements are made to. */
    default long bytes(long elements) {
        return elements / group() * groupBytes() + (elements % group() * groupBytes() + group() - 1) / group();
    }

    /**
     * Makes elements.
     *
     * @param bytes the parameter's, from {@code from} on
     * @param first the index of the first of these in the parameter
     * @param count of elements
     * @param made  takes what they become, from {@code to} on
     */
    void make(Scratch scratch, byte[] bytes, int from, long first, int count, byte[] made, int to);
}
