package io.halftone.ops;

/** A place where a model may be quantized: where it is, what it is for, and its sizes. */
public sealed interface Layer {
    /** The layer's full name: the prefix of its parameters in the diffusers state dict. */
    String name();

    /** What the layer is for. */
    Role role();

    /**
     * y = x W^T + b.
     *
     * @param in   extent of x's last axis
     * @param out  extent of y's last axis
     * @param bias whether there is a parameter {@code name.bias} of shape (out)
     */
    record Linear(String name, Role role, long in, long out, boolean bias) implements Layer {
        /** (out, in). */
        public Shape weightShape() {
            return Shape.of(out, in);
        }
    }

    /**
     * A square two-dimensional convolution over (batch, in, height, width).
     *
     * @param in      input channels
     * @param out     output channels
     * @param kernel  extent of the kernel on both axes
     * @param stride  on both axes
     * @param padding zeros on all four sides
     * @param bias    whether there is a parameter {@code name.bias} of shape (out)
     */
    record Conv(String name, Role role, long in, long out, int kernel, int stride, int padding, boolean bias) implements Layer {
        /** (out, in, kernel, kernel). */
        public Shape weightShape() {
            return Shape.of(out, in, kernel, kernel);
        }
    }

    /**
     * Scaled dot-product attention over (batch, heads, tokens, headDim).
     *
     * @param scale  what the product of queries and keys is multiplied with; usually 1 / sqrt(headDim)
     * @param causal whether a token sees only itself and those before it
     */
    record Attention(String name, Role role, int heads, long headDim, double scale, boolean causal) implements Layer {}
}
