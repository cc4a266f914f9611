package io.halftone.torch.internal;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.MagnitudeBins;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Rounding to fewer bits, and counting magnitudes. Everything is computed in float32, whatever the value's type. */
abstract class TorchRounding extends TorchElements {
    private static final double INT8_MIN = -128;
    private static final double INT8_MAX = 127;
    /** The largest finite float8 e4m3 value; libtorch's cast gives NaN for more. */
    private static final double E4M3_MAX = 448;
    /** Of scales that are powers of two: 2^-127 to 2^127. */
    private static final int E8M0_BIAS = 127;

    private final LastMagnitude lastMagnitude = new LastMagnitude();

    /** The quotient is float32 whatever x's type, as ONNX Runtime has it. */
    @Override
    public final Tensor quantize(Tensor x, DType type, Tensor scale, int axis) {
        return alone(() -> {
            Tensor quotient = cast(x, DType.FLOAT32).div(along(axis, cast(scale, DType.FLOAT32), x));
            return switch (type) {
                case INT8 -> cast(clamp(quotient.round(), INT8_MIN, INT8_MAX), type);
                case FLOAT8_E4M3 -> cast(clamp(quotient, -E4M3_MAX, E4M3_MAX), type);
                default -> throw new IllegalArgumentException("quantize: found " + type + "; expected INT8 or FLOAT8_E4M3");
            };
        });
    }

    /** A value made of others that end with it: in float32 they take far more memory than what is rounded. */
    private Tensor alone(Supplier<Tensor> body) {
        return region("", () -> List.of(body.get())).get(0);
    }

    @Override
    public final Tensor dequantize(Tensor q, Tensor scale, int axis) {
        return cast(q, dtype(scale)).mul(along(axis, scale, q));
    }

    /** The scale so that it broadcasts over x: a scalar as it is, rank 1 along the axis. */
    private Tensor along(int axis, Tensor scale, Tensor x) {
        if (scale.dim() == 0) {
            return scale;
        }
        Shape shape = shape(x);
        int at = shape.axis(axis);
        if (scale.dim() != 1 || scale.size(0) != x.size(at)) {
            throw new IllegalArgumentException("scale: found " + shape(scale) + "; expected a scalar, or one for each of axis "
                + at + " of " + shape);
        }
        long[] sizes = new long[shape.rank()];
        Arrays.fill(sizes, 1);
        sizes[at] = x.size(at);
        return scale.reshape(sizes);
    }

    @Override
    public final Tensor roundBlocks(Tensor x, Blocks blocks, Tensor tensorScale) {
        Shape shape = shape(x);
        long last = shape.dim(-1).size();
        if (last % blocks.size() != 0) {
            throw new IllegalArgumentException("blocks along the last axis: found " + last + "; expected a multiple of " + blocks.size());
        }
        long[] runs = Arrays.copyOf(shape.sizes(), shape.rank() + 1);
        runs[shape.rank() - 1] = last / blocks.size();
        runs[shape.rank()] = blocks.size();
        return alone(() -> {
            Tensor wide = cast(x, DType.FLOAT32).reshape(runs);
            Tensor step = alone(() -> step(wide.abs().amax(new long[] {-1}, true), blocks, tensorScale));
            Tensor quotient = wide.div(step);
            Tensor rounded = alone(() -> blocks.element() == Blocks.Element.E2M1 ? e2m1(quotient) : e4m3(quotient));
            return cast(rounded.mul(step).reshape(shape.sizes()), dtype(x));
        });
    }

    /** What an element of 1 stands for in blocks of that amax. */
    private Tensor step(Tensor amax, Blocks blocks, Tensor tensorScale) {
        float max = blocks.element().max();
        return switch (blocks.scale()) {
            case E8M0 -> powerOfTwo(amax, max);
            case E4M3 -> blockScale(amax, tensorScale.mul(scalar(max))).mul(tensorScale);
        };
    }

    /** amax / unit as an 8-bit float; 1 where that is 0. */
    private Tensor blockScale(Tensor amax, Tensor unit) {
        Tensor scale = e4m3(amax.div(unit));
        return scale.add(cast(scale.eq(scalar(0)), DType.FLOAT32));
    }

    private Tensor e4m3(Tensor x) {
        return cast(cast(clamp(x, -E4M3_MAX, E4M3_MAX), DType.FLOAT8_E4M3), DType.FLOAT32);
    }

    /** The spacing is 0.5 up to 2, 1 up to 4, 2 up to 6: three roundings of the parts that lie there, each half to even. */
    private Tensor e2m1(Tensor x) {
        Tensor magnitude = x.abs();
        Tensor low = clamp(magnitude, 0, 2).mul(scalar(2)).round().div(scalar(2));
        Tensor middle = clamp(magnitude.sub(scalar(2)), 0, 2).round();
        Tensor high = clamp(magnitude.sub(scalar(4)).div(scalar(2)), 0, 1).round().mul(scalar(2));
        return low.add(middle).add(high).mul(x.sign());
    }

    /** The least power of two that is not below amax / max. Nothing is divided: a GPU would multiply with the reciprocal. */
    private Tensor powerOfTwo(Tensor amax, float max) {
        int maxExponent = Math.getExponent(max) + 1;       // each is m 2^e, m from 0.5 up to 1
        T_TensorTensor_T parts = torch.frexp(amax);
        Tensor above = cast(parts.get0().gt(scalar(Math.scalb(max, -maxExponent))), DType.INT64);
        Tensor exponent = cast(parts.get1(), DType.INT64).add(above).sub(scalar((long) maxExponent));
        // nothing is divided by 0: a block of zeros has the least scale
        Tensor zero = cast(amax.eq(scalar(0)), DType.INT64).mul(scalar(-2 * E8M0_BIAS));
        Tensor index = exponent.add(zero).clamp(optional(-E8M0_BIAS), optional(E8M0_BIAS)).add(scalar(E8M0_BIAS));
        float[] powers = new float[2 * E8M0_BIAS + 1];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Math.scalb(1f, i - E8M0_BIAS);
        }
        return constant(powers, Shape.of(powers.length), DType.FLOAT32).take(index);
    }

    @Override
    public final Tensor magnitude(Tensor x) {
        return lastMagnitude.get(x, this::largest);
    }

    /** No temporary of x's size, as abs would make. */
    private Tensor largest(Tensor x) {
        if (normIsOneKernel(x)) {
            return torch.linalg_vector_norm(x, arguments().scalar(Double.POSITIVE_INFINITY), arguments().allAxes(), false, arguments().sameType());
        }
        T_TensorTensor_T ends = torch.aminmax(x);
        return torch.maximum(ends.get0().neg(), ends.get1()).abs();   // no -0
    }

    /** Launches count on a device. On the host the norm is a loop of single elements, slower than the least and the largest of vectors. */
    private boolean normIsOneKernel(Tensor x) {
        return !place().isHost() && dtype(x).isCompute();
    }

    @Override
    public final Tensor magnitudes(Tensor x, int axis) {
        Shape shape = shape(x);
        int last = shape.rank() - 1;
        if (shape.rank() > 1 && normIsOneKernel(x)) {
            int kept = shape.axis(axis);
            long[] others = IntStream.rangeClosed(0, last).filter(a -> a != kept).asLongStream().toArray();
            return torch.linalg_vector_norm(x, arguments().scalar(Double.POSITIVE_INFINITY), others, true, arguments().sameType());
        }
        if (shape.axis(axis) != last || !x.is_contiguous() || x.numel() == 0) {
            return super.magnitudes(x, axis);
        }
        T_TensorTensor_T ends = torch.aminmax(x.reshape(-1, x.size(last)), new LongOptional(0), false);
        return torch.maximum(ends.get0().neg(), ends.get1()).abs();   // no -0
    }

    @Override
    public final Tensor countMagnitudes(Tensor x, MagnitudeBins bins) {
        Tensor bits = cast(x, DType.FLOAT32).abs().reshape(-1).view(torch.ScalarType.Int);
        Tensor bin = bits.__rshift__(scalar(bins.droppedBits())).sub(scalar(bins.first() - 1L))
            .clamp(optional(0), optional(bins.count() - 1));
        return torch.bincount(bin, new TensorOptional(), bins.count());
    }

    private static Scalar scalar(double value) {
        return new Scalar(value);
    }

    private static Scalar scalar(long value) {
        return new Scalar(value);
    }

    private static ScalarOptional optional(long value) {
        return new ScalarOptional(new Scalar(value));
    }
}
