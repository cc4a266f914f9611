package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Constants, layout, and operations on elements one by one or reduced. */
abstract class TorchElements implements EagerOps<Tensor> {
    /** Where what is made here lives. */
    abstract Place place();

    abstract Arguments arguments();

    abstract Constants constants();

    @Override
    public final Shape shape(Tensor x) {
        return Shape.of(HostMemory.sizes(x));
    }

    @Override
    public final DType dtype(Tensor x) {
        return Types.of(x);
    }

    @Override
    public final Tensor constant(double value, DType type) {
        return constants().get(value, type, () -> torch.scalar_tensor(new Scalar(value), place().options(type)));
    }

    @Override
    public final Tensor constant(float[] values, Shape shape, DType type) {
        return constants().get(values, shape, type, () -> cast(place().bring(HostMemory.load(values, shape.sizes())), type));
    }

    @Override
    public final Tensor cast(Tensor x, DType type) {
        return dtype(x) == type ? x : x.to(Types.of(type));
    }

    @Override
    public final Tensor reshape(Tensor x, Shape shape) {
        return x.reshape(shape.sizes());
    }

    @Override
    public final Tensor permute(Tensor x, int... axes) {
        return x.permute(longs(axes));
    }

    @Override
    public final Tensor concat(int axis, List<Tensor> parts) {
        parts.forEach(part -> sameType("concat", parts.get(0), part));
        return torch.cat(new TensorVector(parts.toArray(new Tensor[0])), axis);
    }

    @Override
    public final Tensor slice(Tensor x, int axis, Dim start, Dim end) {
        Shape shape = shape(x);
        long extent = shape.dim(axis).size();
        long from = start.size();
        long to = end.size();
        if (from < 0 || from > to || to > extent) {
            throw new IllegalArgumentException("slice of " + shape + ", axis " + axis + ": found " + from + " to " + to
                + "; expected a part of 0 to " + extent);
        }
        return x.narrow(shape.axis(axis), from, to - from);
    }

    @Override
    public final Tensor expand(Tensor x, Shape shape) {
        if (shape.rank() != x.dim()) {
            throw new IllegalArgumentException("expand: found " + shape(x) + "; expected the rank of " + shape);
        }
        return x.expand(shape.sizes());
    }

    @Override
    public final Tensor pad(Tensor x, int axis, long before, long behind) {
        if (before < 0 || behind < 0) {
            throw new IllegalArgumentException("pad: found " + before + " before and " + behind + " behind; expected >= 0");
        }
        // in pairs from the last axis
        long[] pads = new long[2 * (int) (x.dim() - shape(x).axis(axis))];
        pads[pads.length - 2] = before;
        pads[pads.length - 1] = behind;
        return torch.constant_pad_nd(x, pads, new Scalar(0.0));
    }

    @Override
    public final Tensor upsampleNearest(Tensor x, Dim height, Dim width) {
        return torch.upsample_nearest2d(x, new long[] {height.size(), width.size()}, new DoubleOptional(), new DoubleOptional());
    }

    @Override
    public final Tensor add(Tensor a, Tensor b) {
        sameType("add", a, b);
        return a.add(b);
    }

    @Override
    public final Tensor sub(Tensor a, Tensor b) {
        sameType("sub", a, b);
        return a.sub(b);
    }

    @Override
    public final Tensor mul(Tensor a, Tensor b) {
        sameType("mul", a, b);
        return a.mul(b);
    }

    /** One kernel on a device; on the host what {@code mul} and {@code add} give, to the bit. */
    @Override
    public final Tensor addcmul(Tensor x, Tensor a, Tensor b) {
        if (place().isHost()) {
            return EagerOps.super.addcmul(x, a, b);
        }
        sameType("addcmul", x, a);
        sameType("addcmul", x, b);
        return torch.addcmul(x, a, b);
    }

    @Override
    public final Tensor div(Tensor a, Tensor b) {
        sameType("div", a, b);
        return a.div(b);
    }

    @Override
    public final Tensor maximum(Tensor a, Tensor b) {
        sameType("maximum", a, b);
        return a.maximum(b);
    }

    /** In two passes however many there are. */
    @Override
    public final Tensor maximum(List<Tensor> values) {
        values.forEach(value -> sameType("maximum", values.get(0), value));
        return values.size() == 1 ? values.get(0) : torch.stack(new TensorVector(values.toArray(new Tensor[0]))).amax(new long[] {0}, false);
    }

    @Override
    public final Tensor minimum(Tensor a, Tensor b) {
        sameType("minimum", a, b);
        return a.minimum(b);
    }

    @Override
    public final Tensor equal(Tensor a, Tensor b) {
        sameType("equal", a, b);
        return a.eq(b);
    }

    @Override
    public final Tensor sin(Tensor x) {
        return x.sin();
    }

    @Override
    public final Tensor cos(Tensor x) {
        return x.cos();
    }

    @Override
    public final Tensor exp(Tensor x) {
        return x.exp();
    }

    @Override
    public final Tensor sqrt(Tensor x) {
        return x.sqrt();
    }

    @Override
    public final Tensor tanh(Tensor x) {
        return x.tanh();
    }

    @Override
    public final Tensor sigmoid(Tensor x) {
        return x.sigmoid();
    }

    @Override
    public final Tensor silu(Tensor x) {
        return torch.silu(x);
    }

    @Override
    public final Tensor gelu(Tensor x) {
        return torch.gelu(x);
    }

    @Override
    public final Tensor geluTanh(Tensor x) {
        return torch.gelu(x, arguments().tanh());
    }

    @Override
    public final Tensor abs(Tensor x) {
        return x.abs();
    }

    @Override
    public final Tensor round(Tensor x) {
        return x.round();
    }

    @Override
    public final Tensor clamp(Tensor x, double min, double max) {
        return x.clamp(arguments().limit(min), arguments().limit(max));
    }

    @Override
    public final Tensor amax(Tensor x, int... axes) {
        return axes.length == 0 ? x.amax() : x.amax(longs(axes), true);
    }

    @Override
    public final Tensor sum(Tensor x) {
        return x.sum(new ScalarTypeOptional(Types.of(dtype(x))));
    }

    private static long[] longs(int[] axes) {
        long[] longs = new long[axes.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = axes[i];
        }
        return longs;
    }

    /** libtorch would promote; the other interpreters would not. */
    private static void sameType(String operation, Tensor a, Tensor b) {
        DType expected = Types.of(a);
        DType found = Types.of(b);
        if (found != expected) {
            throw new IllegalArgumentException(operation + ": found " + found + "; expected " + expected + ", the type of the first");
        }
    }
}
