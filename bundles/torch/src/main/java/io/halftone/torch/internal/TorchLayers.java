package io.halftone.torch.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Norms, products, attention and look-ups. */
abstract class TorchLayers extends TorchRounding {
    @Override
    public final Tensor softmax(Tensor x, int axis) {
        return x.softmax(axis);
    }

    @Override
    public final Tensor layerNorm(Tensor x, double epsilon) {
        return layerNorm(x, arguments().none(), arguments().none(), epsilon);
    }

    @Override
    public final Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon) {
        return layerNorm(x, arguments().weight(weight), arguments().bias(bias), epsilon);
    }

    private static Tensor layerNorm(Tensor x, TensorOptional weight, TensorOptional bias, double epsilon) {
        return torch.layer_norm(x, new long[] {x.size(-1)}, weight, bias, epsilon, false);
    }

    /** With the reciprocal root, as diffusers has it (normalization.py, RMSNorm). */
    @Override
    public final Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
        return torch.rms_norm(x, new long[] {x.size(-1)}, arguments().weight(weight), arguments().number(epsilon));
    }

    @Override
    public final Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
        return torch.group_norm(x, groups, arguments().weight(weight), arguments().bias(bias), epsilon, false);
    }

    @Override
    public final Tensor matmul(Tensor a, Tensor b) {
        return a.matmul(b);
    }

    @Override
    public final Tensor linear(Tensor x, Tensor weight) {
        return torch.linear(x, weight, arguments().none());
    }

    @Override
    public final Tensor linear(Tensor x, Tensor weight, Tensor bias) {
        return torch.linear(x, weight, arguments().bias(bias));
    }

    @Override
    public final Tensor conv(Tensor x, Tensor weight, Tensor bias, Layer.Conv geometry) {
        return conv(x, weight, geometry.bias() ? arguments().bias(bias) : arguments().none(), geometry);
    }

    @Override
    public final Tensor conv(Tensor x, Tensor weight, Layer.Conv geometry) {
        return conv(x, weight, arguments().none(), geometry);
    }

    private static Tensor conv(Tensor x, Tensor weight, TensorOptional bias, Layer.Conv geometry) {
        long[] stride = {geometry.stride(), geometry.stride()};
        long[] padding = {geometry.padding(), geometry.padding()};
        return torch.conv2d(x, weight, bias, stride, padding, new long[] {1, 1}, 1);
    }

    /** One product of complex numbers. */
    @Override
    public final Tensor rotate(Tensor x, Tensor cos, Tensor sin) {
        long[] sizes = shape(x).sizes();
        long[] pairs = Arrays.copyOf(sizes, sizes.length + 1);
        pairs[sizes.length - 1] = sizes[sizes.length - 1] / 2;
        pairs[sizes.length] = 2;
        Tensor angles = torch.view_as_complex(concat(-1, List.of(cos.unsqueeze(-1), sin.unsqueeze(-1))));
        Tensor turned = torch.view_as_real(torch.view_as_complex(cast(x, DType.FLOAT32).reshape(pairs)).mul(angles));
        return turned.transpose(-1, -2).to(Types.of(Types.of(x)), false, false, arguments().contiguous()).reshape(sizes);
    }

    @Override
    public final Tensor attention(Tensor q, Tensor k, Tensor v, double scale, boolean causal) {
        return torch.scaled_dot_product_attention(q, k, v, arguments().none(), 0, causal, arguments().number(scale), false);
    }

    @Override
    public final Tensor embedding(Tensor table, Tensor ids) {
        return torch.embedding(table, ids);
    }

    @Override
    public final Tensor argmax(Tensor x, int axis) {
        return x.argmax(new LongOptional(axis), false);
    }

    @Override
    public final Tensor select(Tensor x, Tensor indices) {
        Shape shape = shape(x);
        if (shape.rank() != 3) {
            throw new IllegalArgumentException("select: found " + shape + "; expected rank 3");
        }
        long batch = x.size(0);
        long dim = x.size(2);
        return x.gather(1, indices.reshape(batch, 1, 1).expand(batch, 1, dim)).reshape(batch, dim);
    }
}
