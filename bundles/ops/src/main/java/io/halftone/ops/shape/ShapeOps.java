package io.halftone.ops.shape;

import static io.halftone.ops.shape.Rules.broadcast;
import static io.halftone.ops.shape.Rules.require;
import static io.halftone.ops.shape.Rules.sameType;
import static io.halftone.ops.shape.Rules.scaleFits;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Carries shapes through a forward pass, checks them, and records the layers and parameters that the pass asks for.
 * Needs no weights, so it answers what a level quantizes, and what a checkpoint must hold.
 */
public final class ShapeOps implements Ops<Meta> {
    /** The most parameters of a model: a configuration may ask for two thousand million blocks. */
    private static final int PARAMETERS = 200_000;

    private final DType computeType;
    private final Map<String, Shape> parameters = new LinkedHashMap<>();
    private final Map<String, Layer> layers = new LinkedHashMap<>();

    public ShapeOps(DType computeType) {
        this.computeType = computeType;
    }

    /** The parameters asked for so far, in order. */
    public Map<String, Shape> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** The layers run so far, in order. */
    public List<Layer> layers() {
        return List.copyOf(layers.values());
    }

    @Override
    public Shape shape(Meta x) {
        return x.shape();
    }

    @Override
    public DType dtype(Meta x) {
        return x.dtype();
    }

    @Override
    public DType computeType() {
        return computeType;
    }

    @Override
    public Meta parameter(String name, Shape shape) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis).isNumber() && shape.dim(axis).size() < 1) {
                throw new IllegalArgumentException(name + ": found a parameter of shape " + shape + "; expected extents >= 1");
            }
        }
        Shape before = parameters.putIfAbsent(name, shape);
        if (before != null && !before.equals(shape)) {
            throw new IllegalArgumentException(name + ": found " + shape + "; expected " + before + ", as asked for before");
        }
        if (parameters.size() > PARAMETERS) {
            throw new IllegalArgumentException(name + ": found more than " + PARAMETERS + " parameters; expected a model of at most so many");
        }
        return new Meta(shape, computeType);
    }

    @Override
    public Meta constant(double value, DType type) {
        return new Meta(Shape.of(new Dim[0]), type);
    }

    @Override
    public Meta constant(float[] values, Shape shape, DType type) {
        require(shape.count().equals(Dim.of(values.length)), "constant", shape, values.length + " values");
        return new Meta(shape, type);
    }

    @Override
    public Meta cast(Meta x, DType type) {
        return new Meta(x.shape(), type);
    }

    @Override
    public Meta reshape(Meta x, Shape shape) {
        return Moves.reshape(x, shape);
    }

    @Override
    public Meta permute(Meta x, int... axes) {
        return Moves.permute(x, axes);
    }

    @Override
    public Meta concat(int axis, List<Meta> parts) {
        return Moves.concat(axis, parts);
    }

    @Override
    public Meta slice(Meta x, int axis, Dim start, Dim end) {
        return Moves.slice(x, axis, start, end);
    }

    @Override
    public Meta expand(Meta x, Shape shape) {
        return Moves.expand(x, shape);
    }

    @Override
    public Meta pad(Meta x, int axis, long before, long behind) {
        return Moves.pad(x, axis, before, behind);
    }

    @Override
    public Meta upsampleNearest(Meta x, Dim height, Dim width) {
        return Moves.upsampleNearest(x, height, width);
    }

    @Override
    public Meta add(Meta a, Meta b) {
        return broadcast("add", a, b);
    }

    @Override
    public Meta sub(Meta a, Meta b) {
        return broadcast("sub", a, b);
    }

    @Override
    public Meta mul(Meta a, Meta b) {
        return broadcast("mul", a, b);
    }

    @Override
    public Meta div(Meta a, Meta b) {
        return broadcast("div", a, b);
    }

    @Override
    public Meta sin(Meta x) {
        return x;
    }

    @Override
    public Meta cos(Meta x) {
        return x;
    }

    @Override
    public Meta exp(Meta x) {
        return x;
    }

    @Override
    public Meta sqrt(Meta x) {
        return x;
    }

    @Override
    public Meta tanh(Meta x) {
        return x;
    }

    @Override
    public Meta sigmoid(Meta x) {
        return x;
    }

    @Override
    public Meta silu(Meta x) {
        return x;
    }

    @Override
    public Meta gelu(Meta x) {
        return x;
    }

    @Override
    public Meta geluTanh(Meta x) {
        return x;
    }

    @Override
    public Meta clamp(Meta x, double min, double max) {
        return x;
    }

    @Override
    public Meta softmax(Meta x, int axis) {
        x.shape().axis(axis);
        return x;
    }

    @Override
    public Meta layerNorm(Meta x, double epsilon) {
        return x;
    }

    @Override
    public Meta layerNorm(Meta x, Meta weight, Meta bias, double epsilon) {
        require(weight.shape().equals(Shape.of(x.shape().dim(-1))), "layerNorm weight", weight.shape(), x.shape().dim(-1));
        require(bias.shape().equals(weight.shape()), "layerNorm bias", bias.shape(), x.shape().dim(-1));
        return x;
    }

    @Override
    public Meta rmsNorm(Meta x, Meta weight, double epsilon) {
        require(weight.shape().equals(Shape.of(x.shape().dim(-1))), "rmsNorm weight", weight.shape(), x.shape().dim(-1));
        return x;
    }

    @Override
    public Meta groupNorm(Meta x, int groups, Meta weight, Meta bias, double epsilon) {
        long channels = x.shape().dim(1).size();
        require(channels % groups == 0, "groupNorm", channels + " channels", "a multiple of " + groups);
        require(weight.shape().equals(Shape.of(channels)), "groupNorm weight", weight.shape(), channels);
        require(bias.shape().equals(weight.shape()), "groupNorm bias", bias.shape(), channels);
        return x;
    }

    @Override
    public Meta matmul(Meta a, Meta b) {
        return Products.matmul(a, b);
    }

    @Override
    public Meta linear(Meta x, Meta weight) {
        return Products.linear(x, weight);
    }

    @Override
    public Meta linear(Meta x, Meta weight, Meta bias) {
        return Products.linear(x, weight, bias);
    }

    @Override
    public Meta conv(Meta x, Meta weight, Meta bias, Layer.Conv geometry) {
        return Products.conv(x, weight, bias, geometry);
    }

    @Override
    public Meta conv(Meta x, Meta weight, Layer.Conv geometry) {
        return Products.conv(x, weight, geometry);
    }

    @Override
    public Meta attention(Meta q, Meta k, Meta v, double scale, boolean causal) {
        return Products.attention(q, k, v);
    }

    @Override
    public Meta embedding(Meta table, Meta ids) {
        require(ids.dtype() == DType.INT64, "embedding ids", ids.dtype(), DType.INT64);
        List<Dim> dims = new ArrayList<>(ids.shape().dims());
        dims.add(table.shape().dim(1));
        return new Meta(new Shape(dims), table.dtype());
    }

    @Override
    public Meta argmax(Meta x, int axis) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.remove(x.shape().axis(axis));
        return new Meta(new Shape(dims), DType.INT64);
    }

    @Override
    public Meta equal(Meta a, Meta b) {
        return new Meta(broadcast("equal", a, b).shape(), DType.BOOL);
    }

    @Override
    public Meta select(Meta x, Meta indices) {
        require(x.shape().rank() == 3 && indices.shape().equals(Shape.of(x.shape().dim(0))), "select", indices.shape(), x.shape().dim(0));
        return new Meta(Shape.of(x.shape().dim(0), x.shape().dim(2)), x.dtype());
    }

    @Override
    public Meta quantize(Meta x, DType type, Meta scale, int axis) {
        require(type == DType.INT8 || type == DType.FLOAT8_E4M3, "quantize", type, "INT8 or FLOAT8_E4M3");
        sameType("quantize scale", x, scale);
        scaleFits(x, scale, axis);
        return new Meta(x.shape(), type);
    }

    @Override
    public Meta dequantize(Meta q, Meta scale, int axis) {
        scaleFits(q, scale, axis);
        return new Meta(q.shape(), scale.dtype());
    }

    @Override
    public Meta roundBlocks(Meta x, Blocks blocks, Meta tensorScale) {
        Dim last = x.shape().dim(-1);
        require(last.isNumber() && last.size() % blocks.size() == 0, "blocks along the last axis", last, "a multiple of " + blocks.size());
        require(tensorScale.shape().rank() == 0 && tensorScale.dtype() == DType.FLOAT32, "tensor scale", tensorScale, "a FLOAT32 scalar");
        return x;
    }

    @Override
    public List<Meta> region(String name, Supplier<List<Meta>> body) {
        return body.get();
    }

    @Override
    public Meta linear(Layer.Linear layer, Meta x) {
        record(layer);
        return Ops.super.linear(layer, x);
    }

    @Override
    public Meta conv(Layer.Conv layer, Meta x) {
        record(layer);
        return Ops.super.conv(layer, x);
    }

    @Override
    public Meta attention(Layer.Attention layer, Meta q, Meta k, Meta v) {
        record(layer);
        return Ops.super.attention(layer, q, k, v);
    }

    private void record(Layer layer) {
        Layer before = layers.putIfAbsent(layer.name(), layer);
        require(before == null || before.equals(layer), layer.name(), layer, before);
    }
}
