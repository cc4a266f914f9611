package io.halftone.core.internal.evaluate;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.quant.LayerRewrite;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The model as it is, with every layer watched: the largest magnitude that goes in at each call, and at some calls how far the layer's
 * own output is off when it is quantized and its input is that of full precision.
 */
final class ProfilingOps<T> extends ForwardingOps<T> {
    private final EagerOps<T> own;
    private final EagerOps<T> changed;
    private final Map<String, LayerRewrite> rewrites;
    private final Set<Integer> compared;
    private final int calls;
    private final Map<String, float[]> amax = new LinkedHashMap<>();
    private final Map<String, double[]> errors = new LinkedHashMap<>();
    private int call;

    /**
     * @param own      over the pipeline's weights
     * @param changed  over the quantized model's weights; those of {@code own} where nothing is compared
     * @param rewrites by layer; none to look at inputs alone
     * @param compared the calls at which outputs are compared, in order
     * @param calls    of a run
     */
    ProfilingOps(EagerOps<T> own, EagerOps<T> changed, Map<String, LayerRewrite> rewrites, Set<Integer> compared, int calls) {
        super(own);
        this.own = own;
        this.changed = changed;
        this.rewrites = Map.copyOf(rewrites);
        this.compared = compared;
        this.calls = calls;
    }

    /** What comes belongs to this call. */
    void call(int next) {
        call = next;
    }

    /** By layer, for each call. */
    Map<String, float[]> amax() {
        return amax;
    }

    /** By quantized layer, for each call that is compared: the norm of the difference over that of the output. */
    Map<String, double[]> errors() {
        return errors;
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        see(layer, List.of(x));
        T y = own.linear(layer, x);
        compare(layer, y, () -> rewrites.get(layer.name()).linear(changed, layer, x, changed.parameter(layer.name() + ".weight",
            layer.weightShape())));
        return y;
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        see(layer, List.of(x));
        T y = own.conv(layer, x);
        compare(layer, y, () -> rewrites.get(layer.name()).conv(changed, layer, x, changed.parameter(layer.name() + ".weight",
            layer.weightShape())));
        return y;
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        see(layer, List.of(q, k, v));
        T y = own.attention(layer, q, k, v);
        compare(layer, y, () -> rewrites.get(layer.name()).attention(changed, layer, q, k, v));
        return y;
    }

    private void see(Layer layer, List<T> inputs) {
        if (!rewrites.isEmpty()) {
            return;
        }
        own.region("", () -> {
            float largest = 0;
            for (T x : inputs) {
                largest = Math.max(largest, own.toFloats(own.cast(own.magnitude(x), DType.FLOAT32))[0]);
            }
            float[] its = amax.computeIfAbsent(layer.name(), name -> new float[calls]);
            its[call] = Math.max(its[call], largest);   // a layer may run more than once in a call
            return List.of();
        });
    }

    private void compare(Layer layer, T y, Supplier<T> quantized) {
        if (!rewrites.containsKey(layer.name()) || !compared.contains(call)) {
            return;
        }
        own.region("", () -> {
            T expected = own.cast(y, DType.FLOAT32);
            T difference = own.sub(own.cast(quantized.get(), DType.FLOAT32), expected);
            double squares = own.toFloats(own.sum(own.mul(expected, expected)))[0];
            double off = own.toFloats(own.sum(own.mul(difference, difference)))[0];
            double[] its = errors.computeIfAbsent(layer.name(), name -> new double[compared.size()]);
            int[] places = compared.stream().mapToInt(Integer::intValue).toArray();
            its[Arrays.binarySearch(places, call)] = off == 0 ? 0 : Math.sqrt(off / squares);
            return List.of();
        });
    }
}
