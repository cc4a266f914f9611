package io.halftone.metrics;

import io.halftone.imaging.Picture;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The learned perceptual distance of two pictures: what a network sees in both, channel by channel of unit length, compared at several
 * depths. Source: Zhang et al. 2018, The unreasonable effectiveness of deep features as a perceptual metric, equation 1, and the
 * package lpips 0.1 with its linear weights. For use by one thread.
 *
 * @param <T> a tensor
 */
public final class Lpips<T> {
    /** What the package takes from colours of -1 to 1, and divides them by. */
    private static final float[] SHIFT = {-0.030f, -0.088f, -0.188f};
    private static final float[] SCALE = {0.458f, 0.448f, 0.450f};
    private static final double EPSILON = 1e-10;

    private final EagerOps<T> ops;
    private final LpipsNetwork network;

    /**
     * @param ops over the network's parameters, computing in float32
     */
    public Lpips(EagerOps<T> ops, LpipsNetwork network) {
        this.ops = ops;
        this.network = network;
    }

    /**
     * The distance; values are clamped to 0..1 as a file's are.
     *
     * @return 0 for equal pictures, more for others
     * @throws IllegalArgumentException if the sizes differ
     */
    public double distance(Picture a, Picture b) {
        ImageMetrics.requireOneSize("lpips", a, b);
        double[] distance = {0};
        ops.region("", () -> {
            List<T> x = seen(a);
            List<T> y = seen(b);
            for (int i = 0; i < x.size(); i++) {
                T difference = ops.sub(unit(x.get(i)), unit(y.get(i)));
                Shape shape = ops.shape(difference);
                long channels = shape.dim(1).size();
                T weights = ops.parameter(LpipsNetwork.channelWeights(i), Shape.of(1, channels, 1, 1));
                T weighted = ops.conv(ops.mul(difference, difference), weights, new Layer.Conv("", Role.OUTPUT, channels, 1, 1, 1, 0,
                    false));
                distance[0] += ops.toFloats(ops.sum(weighted))[0] / (shape.dim(2).size() * shape.dim(3).size());
            }
            return List.of();
        });
        return distance[0];
    }

    /** What the network sees at each depth: (1, channels, height, width) each. */
    private List<T> seen(Picture picture) {
        float[] values = picture.rgb();
        int area = picture.width() * picture.height();
        for (int i = 0; i < values.length; i++) {
            int channel = i / area;
            values[i] = (2 * Math.max(0, Math.min(1, values[i])) - 1 - SHIFT[channel]) / SCALE[channel];
        }
        T x = ops.constant(values, Shape.of(1, 3, picture.height(), picture.width()), DType.FLOAT32);
        List<T> seen = new ArrayList<>();
        for (LpipsNetwork.Step step : network.steps()) {
            if (step instanceof LpipsNetwork.Conv conv) {
                x = conv(conv, x);
            } else if (step instanceof LpipsNetwork.Fire fire) {
                T squeezed = conv(fire.squeeze(), x);
                x = ops.concat(1, List.of(conv(fire.one(), squeezed), conv(fire.three(), squeezed)));
            } else if (step instanceof LpipsNetwork.Pool pool) {
                x = largest(largest(x, 2, pool), 3, pool);
            } else {
                seen.add(x);
            }
        }
        return seen;
    }

    private T conv(LpipsNetwork.Conv conv, T x) {
        var layer = new Layer.Conv(conv.name(), Role.CONVOLUTION, conv.in(), conv.out(), conv.kernel(), conv.stride(), conv.padding(),
            true);
        T y = ops.conv(x, ops.parameter(conv.name() + ".weight", layer.weightShape()), ops.parameter(conv.name() + ".bias",
            Shape.of(conv.out())), layer);
        return ops.maximum(y, ops.constant(0, DType.FLOAT32));
    }

    /** The largest along an axis of each window, at every second place. What is beyond the edge counts as 0, as all is behind ReLU. */
    private T largest(T x, int axis, LpipsNetwork.Pool pool) {
        long extent = ops.shape(x).dim(axis).size();
        long over = extent - pool.extent();
        long places = (pool.ceiling() ? (over + 1) / 2 : over / 2) + 1;
        // so many that every window is whole, and pairs come out even
        long needed = 2 * places + pool.extent();
        T padded = ops.pad(x, axis, 0, needed - extent > 0 ? needed - extent : 0);
        List<T> windows = new ArrayList<>();
        for (int i = 0; i < pool.extent(); i++) {
            windows.add(every2nd(ops, ops.slice(padded, axis, i, i + 2 * places), axis));
        }
        return ops.maximum(windows);
    }

    private static <T> T every2nd(Ops<T> ops, T x, int axis) {
        Shape shape = ops.shape(x);
        List<Dim> split = new ArrayList<>();
        List<Dim> kept = new ArrayList<>();
        for (int i = 0; i < shape.rank(); i++) {
            if (i == axis) {
                split.add(Dim.of(shape.dim(i).size() / 2));
                split.add(Dim.of(2));
                kept.add(Dim.of(shape.dim(i).size() / 2));
            } else {
                split.add(shape.dim(i));
                kept.add(shape.dim(i));
            }
        }
        T pairs = ops.reshape(x, Shape.of(split.toArray(Dim[]::new)));
        return ops.reshape(ops.slice(pairs, axis + 1, 0, 1), Shape.of(kept.toArray(Dim[]::new)));
    }

    /** Each pixel's channels over their Euclidean norm. */
    private T unit(T x) {
        long channels = ops.shape(x).dim(1).size();
        float[] ones = new float[(int) channels];
        java.util.Arrays.fill(ones, 1);
        T weights = ops.constant(ones, Shape.of(1, channels, 1, 1), DType.FLOAT32);
        T squares = ops.conv(ops.mul(x, x), weights, new Layer.Conv("", Role.OUTPUT, channels, 1, 1, 1, 0, false));
        return ops.div(x, ops.add(ops.sqrt(squares), ops.constant(EPSILON, DType.FLOAT32)));
    }
}
