package io.halftone.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The operations a forward pass is made of; each interpreter gives them a meaning. Element-wise operations broadcast as
 * in NumPy, and both operands have the same type: an adapter casts where types meet.
 *
 * @param <T> a value: a shape, a tensor, a node of a graph
 */
@ProviderType
public interface Ops<T> {
    /** The extents of a value. */
    Shape shape(T x);

    /** The element type of a value. */
    DType dtype(T x);

    /** The type that the model computes in; parameters have it. */
    DType computeType();

    /**
     * A tensor of the checkpoint by its state-dict name, in the compute type.
     *
     * @throws CheckpointException if the checkpoint has none of that name, or one of another shape
     */
    T parameter(String name, Shape shape);

    /** A scalar. */
    T constant(double value, DType type);

    /** A tensor of these values, row-major. */
    T constant(float[] values, Shape shape, DType type);

    /** The value in another type; rounds to nearest even. Returns x itself where it has the type. */
    T cast(T x, DType type);

    /** The same elements in the same order under another shape. */
    T reshape(T x, Shape shape);

    /** Axis i of the result is axis {@code axes[i]} of x. */
    T permute(T x, int... axes);

    /** The parts one behind the other along an axis. */
    T concat(int axis, List<T> parts);

    /**
     * Elements start (inclusive) to end (exclusive) along an axis.
     *
     * @throws IllegalArgumentException if they are not within the axis, as far as that can be told from the extents
     */
    T slice(T x, int axis, Dim start, Dim end);

    /** Elements start (inclusive) to end (exclusive) along an axis. */
    default T slice(T x, int axis, long start, long end) {
        return slice(x, axis, Dim.of(start), Dim.of(end));
    }

    /** Repeats axes of extent 1 to the given shape, which has the rank of x. */
    T expand(T x, Shape shape);

    /** Zeros before and behind x along an axis. */
    T pad(T x, int axis, long before, long behind);

    /** (batch, channels, h, w) to (batch, channels, height, width): each element is the nearest one, rounding down. */
    T upsampleNearest(T x, Dim height, Dim width);

    T add(T a, T b);

    T sub(T a, T b);

    T mul(T a, T b);

    /** x + a b; an interpreter that computes it in one pass rounds once. */
    default T addcmul(T x, T a, T b) {
        return add(x, mul(a, b));
    }

    T div(T a, T b);

    T sin(T x);

    T cos(T x);

    T exp(T x);

    T sqrt(T x);

    T tanh(T x);

    T sigmoid(T x);

    /** x * sigmoid(x). */
    T silu(T x);

    /** x * Phi(x), with the error function. */
    T gelu(T x);

    /** The tanh approximation of {@link #gelu}. */
    T geluTanh(T x);

    T clamp(T x, double min, double max);

    T softmax(T x, int axis);

    /** Normalizes the last axis; statistics in float32 at least. */
    T layerNorm(T x, double epsilon);

    /** {@link #layerNorm(Object, double)}, then times weight plus bias, both of the last axis's extent. */
    T layerNorm(T x, T weight, T bias, double epsilon);

    /**
     * x times the reciprocal root of mean(x^2) + epsilon over the last axis, in float32, cast back, then times weight, of the last axis's
     * extent; an interpreter that computes it in one pass rounds once.
     */
    T rmsNorm(T x, T weight, double epsilon);

    /** Normalizes each group of channels (axis 1) of (batch, channels, ...), then times weight plus bias per channel. */
    T groupNorm(T x, int groups, T weight, T bias, double epsilon);

    /** Batched matrix product over the last two axes. */
    T matmul(T a, T b);

    /** x W^T; weight (out, in). */
    T linear(T x, T weight);

    /** x W^T + b; weight (out, in), bias (out). */
    T linear(T x, T weight, T bias);

    /** A convolution with the geometry's stride and padding; bias is added where the geometry has one. */
    T conv(T x, T weight, T bias, Layer.Conv geometry);

    /** A convolution without bias. */
    T conv(T x, T weight, Layer.Conv geometry);

    /** softmax(q k^T scale) v over (batch, heads, tokens, headDim); fused where the interpreter can. */
    T attention(T q, T k, T v, double scale, boolean causal);

    /**
     * Turns each pair of neighbours along the last axis by an angle, in float32 whatever the type: (a, b) to (a cos - b sin, b cos + a sin). The
     * result has the first elements of all pairs before all second ones. Products of two values that are turned do not depend on that
     * order, and runtimes write halves faster than single elements.
     *
     * @param x   (..., 2 n)
     * @param cos (..., n) float32, spread over the leading axes of x
     * @param sin as cos
     * @return the shape and type of x
     */
    default T rotate(T x, T cos, T sin) {
        List<Dim> dims = shape(x).dims();
        Dim half = Dim.of(dims.get(dims.size() - 1).size() / 2);
        List<Dim> pairs = new ArrayList<>(dims.subList(0, dims.size() - 1));
        pairs.add(half);
        pairs.add(Dim.of(2));
        T wide = reshape(cast(x, DType.FLOAT32), new Shape(pairs));
        T first = slice(wide, -1, 0, 1);
        T second = slice(wide, -1, 1, 2);
        T c = reshape(cos, column(shape(cos)));
        T s = reshape(sin, column(shape(sin)));
        T turned = concat(-2, List.of(sub(mul(first, c), mul(second, s)), add(mul(second, c), mul(first, s))));
        return cast(reshape(turned, shape(x)), dtype(x));
    }

    private static Shape column(Shape shape) {
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.add(Dim.of(1));
        return new Shape(dims);
    }

    /** Rows of a (rows, dim) table by int64 ids of any shape: (ids..., dim). */
    T embedding(T table, T ids);

    /** The index of the first largest element along an axis, which disappears; int64. */
    T argmax(T x, int axis);

    /** Where the elements are equal: bool. */
    T equal(T a, T b);

    /** From (batch, tokens, dim) and int64 indices (batch): the chosen token of each, (batch, dim). */
    T select(T x, T indices);

    /**
     * Rounds x / scale half to even, saturating at the type's range.
     *
     * @param type  INT8 or FLOAT8_E4M3
     * @param scale a scalar, or rank 1 along axis; in x's type
     * @param axis  the axis of a rank-1 scale; not used with a scalar
     */
    T quantize(T x, DType type, T scale, int axis);

    /** q * scale, in the type of scale. */
    T dequantize(T q, T scale, int axis);

    /**
     * The value as a block format holds it: each run of elements along the last axis rounded with a scale of its own, which
     * comes from the largest magnitude in it.
     *
     * @param tensorScale a float32 scalar that block scales are multiples of; 1 where scales are powers of two
     * @return the shape and type of x
     * @throws IllegalArgumentException if the last axis is no multiple of the block
     */
    T roundBlocks(T x, Blocks blocks, T tensorScale);

    /** An operation that some backends know by name; the others run what it stands for. */
    default T intrinsic(String name, List<T> inputs, Map<String, Object> attributes, Supplier<T> meaning) {
        return meaning.get();
    }

    /**
     * Values made in the body are released when it ends, except those it returns.
     *
     * @param name a parameter prefix, or empty: a lifetime that has no name
     */
    List<T> region(String name, Supplier<List<T>> body);

    /** Moves a value of an outer region to the current one, which releases it at its end. The caller uses it no later. */
    default T adopt(T x) {
        return x;
    }

    // Where a model may be quantized. Decorators override these three, and only these.

    /** A linear layer of the model, by its place. */
    default T linear(Layer.Linear layer, T x) {
        return linear(layer, x, parameter(layer.name() + ".weight", layer.weightShape()));
    }

    /** A convolution of the model, by its place. */
    default T conv(Layer.Conv layer, T x) {
        return conv(layer, x, parameter(layer.name() + ".weight", layer.weightShape()));
    }

    /** An attention of the model, by its place. */
    default T attention(Layer.Attention layer, T q, T k, T v) {
        return attention(q, k, v, layer.scale(), layer.causal());
    }

    /** The layer with another weight in place of its own: rounded, smoothed, or what a low-rank part leaves. */
    default T linear(Layer.Linear layer, T x, T weight) {
        return layer.bias()
            ? linear(x, weight, parameter(layer.name() + ".bias", Shape.of(layer.out())))
            : linear(x, weight);
    }

    /** The layer with another weight in place of its own. */
    default T conv(Layer.Conv layer, T x, T weight) {
        return layer.bias()
            ? conv(x, weight, parameter(layer.name() + ".bias", Shape.of(layer.out())), layer)
            : conv(x, weight, layer);
    }
}
