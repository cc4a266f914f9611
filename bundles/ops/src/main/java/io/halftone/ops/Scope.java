package io.halftone.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What adapters are written against: a prefix for names, a lifetime for values, and layers by name. The prefix is that of
 * the diffusers state dict.
 *
 * @param <T> a value
 */
public final class Scope<T> {
    private static final double FLOAT16_MAX = 65_504;

    private final Ops<T> ops;
    private final String path;

    /** The scope of a whole model. */
    public Scope(Ops<T> ops) {
        this(ops, "");
    }

    private Scope(Ops<T> ops, String path) {
        this.ops = ops;
        this.path = path;
    }

    public Ops<T> ops() {
        return ops;
    }

    /** The prefix, without a dot at its end; empty for the whole model. */
    public String path() {
        return path;
    }

    /** Runs a part of the model under a longer prefix; what it makes is released at its end, except what it returns. */
    public List<T> withinAll(String name, Function<Scope<T>, List<T>> body) {
        var inner = new Scope<>(ops, full(name));
        return ops.region(inner.path, () -> body.apply(inner));
    }

    /** {@link #withinAll} for one value. */
    public T within(String name, Function<Scope<T>, T> body) {
        return withinAll(name, s -> List.of(body.apply(s))).get(0);
    }

    /** A lifetime without a name: for parts whose parameters stand under several prefixes. */
    public T lifetime(Function<Scope<T>, T> body) {
        return ops.region("", () -> List.of(body.apply(this))).get(0);
    }

    /** A linear layer with bias. The in-features are x's last extent, so only the out-features are said. */
    public T linear(String name, long out, Role role, T x) {
        return linear(name, out, true, role, x);
    }

    /** A linear layer. */
    public T linear(String name, long out, boolean bias, Role role, T x) {
        return ops.linear(new Layer.Linear(full(name), role, extent(x, -1), out, bias), x);
    }

    /** A square convolution with bias; the in-channels are x's. */
    public T conv(String name, long out, int kernel, int stride, int padding, Role role, T x) {
        return ops.conv(new Layer.Conv(full(name), role, extent(x, 1), out, kernel, stride, padding, true), x);
    }

    /** (batch, heads, tokens, headDim), scaled with 1 / sqrt(headDim); the layer's name is this scope's. */
    public T attention(T q, T k, T v) {
        return attention(q, k, v, 1 / Math.sqrt(extent(q, -1)), false);
    }

    /** Attention whose layer has this scope's name. */
    public T attention(T q, T k, T v, double scale, boolean causal) {
        int heads = Math.toIntExact(extent(q, 1));
        return ops.attention(new Layer.Attention(path, Role.ATTENTION, heads, extent(q, -1), scale, causal), q, k, v);
    }

    /** Layer norm with weight and bias. */
    public T layerNorm(String name, T x, double epsilon) {
        Shape shape = Shape.of(extent(x, -1));
        return ops.layerNorm(x, parameter(name + ".weight", shape), parameter(name + ".bias", shape), epsilon);
    }

    /** RMS norm with weight. */
    public T rmsNorm(String name, T x, double epsilon) {
        return ops.rmsNorm(x, parameter(name + ".weight", Shape.of(extent(x, -1))), epsilon);
    }

    /** Group norm with weight and bias over the channels of (batch, channels, ...). */
    public T groupNorm(String name, T x, int groups, double epsilon) {
        Shape shape = Shape.of(extent(x, 1));
        return ops.groupNorm(x, groups, parameter(name + ".weight", shape), parameter(name + ".bias", shape), epsilon);
    }

    /** A table looked up by int64 ids: (ids..., dim). */
    public T embedding(String name, long rows, long dim, T ids) {
        return ops.embedding(parameter(name + ".weight", Shape.of(rows, dim)), ids);
    }

    /** A tensor of the checkpoint under this prefix. */
    public T parameter(String name, Shape shape) {
        return ops.parameter(full(name), shape);
    }

    /** (batch, tokens, heads * d) to (batch, heads, tokens, d). */
    public T splitHeads(T x, int heads) {
        Shape s = ops.shape(x);
        Shape split = Shape.of(s.dim(0), s.dim(1), Dim.of(heads), Dim.of(s.dim(2).size() / heads));
        return ops.permute(ops.reshape(x, split), 0, 2, 1, 3);
    }

    /** (batch, heads, tokens, d) to (batch, tokens, heads * d). */
    public T mergeHeads(T x) {
        Shape s = ops.shape(x);
        Shape merged = Shape.of(s.dim(0), s.dim(2), s.dim(1).times(s.dim(3)));
        return ops.reshape(ops.permute(x, 0, 2, 1, 3), merged);
    }

    /** Equal parts of the last axis. */
    public List<T> chunk(T x, int parts) {
        long extent = extent(x, -1);
        if (extent % parts != 0) {
            throw new IllegalArgumentException(path + ": found a last axis of " + extent + "; expected a multiple of " + parts);
        }
        List<T> chunks = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            chunks.add(ops.slice(x, -1, i * extent / parts, (i + 1) * extent / parts));
        }
        return chunks;
    }

    /** x times a number, in x's type. */
    public T scale(T x, double factor) {
        return ops.mul(x, ops.constant(factor, ops.dtype(x)));
    }

    /**
     * Numbers embedded as sines and cosines of falling frequencies, in float32 whatever the model computes in. Source:
     * diffusers, embeddings.py, get_timestep_embedding.
     *
     * @param x           numbers of any type, (n...)
     * @param dim         extent of the embedding; the last element of an odd one is 0
     * @param cosineFirst whether the cosines stand before the sines
     * @param freqShift   what the divisor of the exponents is less than half the extent
     * @return (n..., dim), float32
     */
    public T sinusoid(T x, int dim, boolean cosineFirst, double freqShift) {
        return new Sinusoid(dim, cosineFirst, freqShift).apply(ops, x);
    }

    /**
     * An embedding behind two linear layers, {@code linear_1} and {@code linear_2}, with SiLU between them: of time, guidance
     * or pooled text. Source: diffusers, embeddings.py, TimestepEmbedding and PixArtAlphaTextProjection.
     *
     * @param x (batch, any)
     * @return (batch, dim)
     */
    public T embedded(long dim, T x) {
        return linear("linear_2", dim, Role.EMBEDDING, ops.silu(linear("linear_1", dim, Role.EMBEDDING, x)));
    }

    /**
     * What a conditioning vector makes of a layer norm: shifts, scales and gates, by a layer {@code linear} behind SiLU, in the
     * source's order. Source: diffusers, normalization.py, AdaLayerNormZero and its kin.
     *
     * @param temb (batch, dim)
     * @return (batch, 1, dim) each
     */
    public List<T> modulation(T temb, int count, Role role) {
        Dim dim = ops.shape(temb).dim(1);
        T all = linear("linear", count * dim.size(), role, ops.silu(temb));
        return chunk(all, count).stream().map(part -> ops.reshape(part, Shape.of(ops.shape(part).dim(0), Dim.of(1), dim))).toList();
    }

    /** x * (1 + scale) + shift: x (batch, tokens, dim), the others (batch, 1, dim). */
    public T modulate(T x, T shift, T scale) {
        return ops.addcmul(shift, x, ops.add(scale, ops.constant(1, ops.dtype(scale))));
    }

    /** x + gate * change. */
    public T gated(T x, T gate, T change) {
        return ops.addcmul(x, gate, change);
    }

    /** Without infinities in float16, where the source clips to the largest finite number; x itself in other types. */
    public T finite(T x) {
        return ops.dtype(x) == DType.FLOAT16 ? ops.clamp(x, -FLOAT16_MAX, FLOAT16_MAX) : x;
    }

    private long extent(T x, int axis) {
        return ops.shape(x).dim(axis).size();
    }

    private String full(String name) {
        return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
    }
}
