package ${package};

import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Signed 6-bit integers, symmetric, -31 to 31: scale = amax / 31. Weights have a scale for each output channel, inputs one for
 * the tensor. The codes are those of an 8-bit type, so that any engine runs what is exported. Attention is not offered.
 */
@Component(service = QuantFormat.class)
@Named("${pluginName}")
public final class ${className}Format implements QuantFormat {
    /** The greatest code. */
    private static final float BOUND = 31;

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return switch (slot) {
            case INPUT -> Optional.of(Granularity.PER_TENSOR);
            case WEIGHT -> Optional.of(Granularity.PER_CHANNEL);
            default -> Optional.empty();
        };
    }

    /** {@inheritDoc} In float32, as a scale can be less than what float16 holds. */
    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        float[] scales = range.scales(BOUND);
        T scale = range.isPerTensor() ? ops.constant(scales[0], DType.FLOAT32)
            : ops.constant(scales, Shape.of(scales.length), DType.FLOAT32);
        // the 8-bit type saturates at its own bounds, so values beyond the range are cut here; a weight has none
        T cut = ops.clamp(ops.cast(x, DType.FLOAT32), -range.max(), range.max());
        T codes = ops.quantize(cut, DType.INT8, scale, range.axis());
        return ops.cast(ops.dequantize(codes, scale, range.axis()), ops.dtype(x));
    }
}
