package io.halftone.format.fp8.internal;

import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * 8-bit floats with 4 exponent bits: scale = amax / 448, one for each tensor, weights included; a channel of small values
 * keeps its precision in the exponent. Also offered inside attentions whose head size the fused kernels take.
 */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("fp8")
public final class Fp8Format implements QuantFormat {
    /** The head sizes of fused 8-bit attention kernels are multiples of this; source: NVIDIA Model Optimizer, plugins/diffusers. */
    private static final long HEAD_MULTIPLE = 16;

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return switch (slot) {
            case INPUT, WEIGHT -> Optional.of(Granularity.PER_TENSOR);
            case QUERY, KEY, VALUE, SOFTMAX -> layer instanceof Layer.Attention attention && !attention.causal()
                && attention.headDim() % HEAD_MULTIPLE == 0 ? Optional.of(Granularity.PER_TENSOR) : Optional.empty();
            case OUTPUT, ATTENTION_OUTPUT -> Optional.empty();
        };
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        T scale = ops.constant(Scales.of(range.max(), ops.dtype(x)), ops.dtype(x));
        return ops.dequantize(ops.quantize(x, DType.FLOAT8_E4M3, scale, 0), scale, 0);
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range, double factor) {
        DType type = ops.dtype(x);
        float[] scales = Scales.of(range.max(), factor, type);
        T codes = ops.quantize(x, DType.FLOAT8_E4M3, ops.constant(scales[0], type), 0);
        return ops.dequantize(codes, ops.constant(scales[1], type), 0);
    }
}
