package io.halftone.ops;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Hands every operation on. A decorator extends it and overrides the three by which a model may be quantized.
 *
 * @param <T> a value
 */
public abstract class ForwardingOps<T> implements Ops<T> {
    private final Ops<T> target;

    /** Hands on to these operations. */
    protected ForwardingOps(Ops<T> target) {
        this.target = target;
    }

    /** What operations are handed on to. */
    protected final Ops<T> target() {
        return target;
    }

    @Override
    public Shape shape(T x) {
        return target.shape(x);
    }

    @Override
    public DType dtype(T x) {
        return target.dtype(x);
    }

    @Override
    public DType computeType() {
        return target.computeType();
    }

    @Override
    public T parameter(String name, Shape shape) {
        return target.parameter(name, shape);
    }

    @Override
    public T constant(double value, DType type) {
        return target.constant(value, type);
    }

    @Override
    public T constant(float[] values, Shape shape, DType type) {
        return target.constant(values, shape, type);
    }

    @Override
    public T cast(T x, DType type) {
        return target.cast(x, type);
    }

    @Override
    public T reshape(T x, Shape shape) {
        return target.reshape(x, shape);
    }

    @Override
    public T permute(T x, int... axes) {
        return target.permute(x, axes);
    }

    @Override
    public T concat(int axis, List<T> parts) {
        return target.concat(axis, parts);
    }

    @Override
    public T slice(T x, int axis, Dim start, Dim end) {
        return target.slice(x, axis, start, end);
    }

    @Override
    public T slice(T x, int axis, long start, long end) {
        return target.slice(x, axis, start, end);
    }

    @Override
    public T expand(T x, Shape shape) {
        return target.expand(x, shape);
    }

    @Override
    public T pad(T x, int axis, long before, long behind) {
        return target.pad(x, axis, before, behind);
    }

    @Override
    public T upsampleNearest(T x, Dim height, Dim width) {
        return target.upsampleNearest(x, height, width);
    }

    @Override
    public T add(T a, T b) {
        return target.add(a, b);
    }

    @Override
    public T sub(T a, T b) {
        return target.sub(a, b);
    }

    @Override
    public T mul(T a, T b) {
        return target.mul(a, b);
    }

    @Override
    public T div(T a, T b) {
        return target.div(a, b);
    }

    @Override
    public T sin(T x) {
        return target.sin(x);
    }

    @Override
    public T cos(T x) {
        return target.cos(x);
    }

    @Override
    public T exp(T x) {
        return target.exp(x);
    }

    @Override
    public T sqrt(T x) {
        return target.sqrt(x);
    }

    @Override
    public T tanh(T x) {
        return target.tanh(x);
    }

    @Override
    public T sigmoid(T x) {
        return target.sigmoid(x);
    }

    @Override
    public T silu(T x) {
        return target.silu(x);
    }

    @Override
    public T gelu(T x) {
        return target.gelu(x);
    }

    @Override
    public T geluTanh(T x) {
        return target.geluTanh(x);
    }

    @Override
    public T clamp(T x, double min, double max) {
        return target.clamp(x, min, max);
    }

    @Override
    public T softmax(T x, int axis) {
        return target.softmax(x, axis);
    }

    @Override
    public T layerNorm(T x, double epsilon) {
        return target.layerNorm(x, epsilon);
    }

    @Override
    public T layerNorm(T x, T weight, T bias, double epsilon) {
        return target.layerNorm(x, weight, bias, epsilon);
    }

    @Override
    public T rmsNorm(T x, T weight, double epsilon) {
        return target.rmsNorm(x, weight, epsilon);
    }

    @Override
    public T groupNorm(T x, int groups, T weight, T bias, double epsilon) {
        return target.groupNorm(x, groups, weight, bias, epsilon);
    }

    @Override
    public T matmul(T a, T b) {
        return target.matmul(a, b);
    }

    @Override
    public T linear(T x, T weight) {
        return target.linear(x, weight);
    }

    @Override
    public T linear(T x, T weight, T bias) {
        return target.linear(x, weight, bias);
    }

    @Override
    public T conv(T x, T weight, T bias, Layer.Conv geometry) {
        return target.conv(x, weight, bias, geometry);
    }

    @Override
    public T conv(T x, T weight, Layer.Conv geometry) {
        return target.conv(x, weight, geometry);
    }

    @Override
    public T addcmul(T x, T a, T b) {
        return target.addcmul(x, a, b);
    }

    @Override
    public T rotate(T x, T cos, T sin) {
        return target.rotate(x, cos, sin);
    }

    @Override
    public T attention(T q, T k, T v, double scale, boolean causal) {
        return target.attention(q, k, v, scale, causal);
    }

    @Override
    public T embedding(T table, T ids) {
        return target.embedding(table, ids);
    }

    @Override
    public T argmax(T x, int axis) {
        return target.argmax(x, axis);
    }

    @Override
    public T equal(T a, T b) {
        return target.equal(a, b);
    }

    @Override
    public T select(T x, T indices) {
        return target.select(x, indices);
    }

    @Override
    public T quantize(T x, DType type, T scale, int axis) {
        return target.quantize(x, type, scale, axis);
    }

    @Override
    public T dequantize(T q, T scale, int axis) {
        return target.dequantize(q, scale, axis);
    }

    @Override
    public T roundBlocks(T x, Blocks blocks, T tensorScale) {
        return target.roundBlocks(x, blocks, tensorScale);
    }

    @Override
    public T intrinsic(String name, List<T> inputs, Map<String, Object> attributes, Supplier<T> meaning) {
        return target.intrinsic(name, inputs, attributes, meaning);
    }

    @Override
    public List<T> region(String name, Supplier<List<T>> body) {
        return target.region(name, body);
    }

    @Override
    public T adopt(T x) {
        return target.adopt(x);
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        return target.linear(layer, x);
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        return target.conv(layer, x);
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        return target.attention(layer, q, k, v);
    }

    @Override
    public T linear(Layer.Linear layer, T x, T weight) {
        return target.linear(layer, x, weight);
    }

    @Override
    public T conv(Layer.Conv layer, T x, T weight) {
        return target.conv(layer, x, weight);
    }
}
