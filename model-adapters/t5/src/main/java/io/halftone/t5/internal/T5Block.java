package io.halftone.t5.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import java.util.Arrays;

/**
 * Attention and a feed-forward, each behind a norm and beside a short cut. In a model that computes in float16 the last
 * projection is float32, so that from the first block on the state is float32 too. Source: transformers, modeling_t5.py,
 * T5Block and _keep_in_fp32_modules.
 */
record T5Block(T5Config config) {
    private static final int MOST_CHANNELS = 1 << 16;

    /** What the source leaves of an infinite float16: the largest number less 1000. */
    private static final double HALF_LIMIT = 65504 - 1000;

    /**
     * Keeps the shape of x.
     *
     * @param x    (batch, tokens, hidden)
     * @param bias (1, heads, tokens, tokens)
     */
    <T> T apply(Scope<T> b, T x, T bias) {
        T attended = b.within("layer.0", l -> {
            T normal = norm(l, "layer_norm", x);
            return joined(l.ops(), x, l.within("SelfAttention", a -> attention(a, normal, bias)));
        });
        return b.within("layer.1", l -> {
            T own = l.ops().adopt(attended);
            T normal = norm(l, "layer_norm", own);
            return joined(l.ops(), own, l.within("DenseReluDense", m -> feedForward(m, normal)));
        });
    }

    /** RMS norm, in the compute type whatever x's is. */
    <T> T norm(Scope<T> s, String name, T x) {
        Ops<T> o = s.ops();
        if (o.dtype(x) == o.computeType()) {
            return s.rmsNorm(name, x, config.epsilon());
        }
        if (config.hidden() > MOST_CHANNELS) {
            throw new IllegalArgumentException("d_model: found " + config.hidden() + "; expected at most " + MOST_CHANNELS);
        }
        float[] ones = new float[Math.toIntExact(config.hidden())];
        Arrays.fill(ones, 1);
        T normal = o.rmsNorm(x, o.constant(ones, Shape.of(config.hidden()), o.dtype(x)), config.epsilon());
        return o.mul(o.cast(normal, o.computeType()), s.parameter(name + ".weight", Shape.of(config.hidden())));
    }

    /** The scores are not scaled: the weights of the queries are. */
    private <T> T attention(Scope<T> a, T x, T bias) {
        Ops<T> o = a.ops();
        long inner = config.heads() * config.headDim();
        T q = a.splitHeads(a.linear("q", inner, false, Role.QKV, x), config.heads());
        T k = a.splitHeads(a.linear("k", inner, false, Role.QKV, x), config.heads());
        T v = a.splitHeads(a.linear("v", inner, false, Role.QKV, x), config.heads());
        T scores = o.add(o.matmul(q, o.permute(k, 0, 1, 3, 2)), bias);
        T mixed = a.mergeHeads(o.matmul(o.softmax(scores, -1), v));
        return a.linear("o", config.hidden(), false, Role.ATTENTION_OUTPUT, mixed);
    }

    private <T> T feedForward(Scope<T> m, T x) {
        Ops<T> o = m.ops();
        if (config.gated()) {
            T gate = o.geluTanh(m.linear("wi_0", config.wide(), false, Role.FEED_FORWARD, x));
            return narrowed(m, o.mul(gate, m.linear("wi_1", config.wide(), false, Role.FEED_FORWARD, x)));
        }
        return narrowed(m, o.clamp(m.linear("wi", config.wide(), false, Role.FEED_FORWARD, x), 0, Double.POSITIVE_INFINITY));
    }

    private <T> T narrowed(Scope<T> m, T x) {
        Ops<T> o = m.ops();
        if (o.computeType() != DType.FLOAT16) {
            return m.linear("wo", config.hidden(), false, Role.FEED_FORWARD, x);
        }
        T weight = m.parameter("wo.weight", Shape.of(config.hidden(), config.wide()));
        return o.linear(o.cast(x, DType.FLOAT32), o.cast(weight, DType.FLOAT32));
    }

    /** The sum, in float32 where the two differ in type. */
    private static <T> T joined(Ops<T> o, T x, T y) {
        if (o.dtype(x) != o.dtype(y)) {
            return o.add(o.cast(x, DType.FLOAT32), o.cast(y, DType.FLOAT32));
        }
        T sum = o.add(x, y);
        return o.dtype(sum) == DType.FLOAT16 ? o.clamp(sum, -HALF_LIMIT, HALF_LIMIT) : sum;
    }
}
