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
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Signed 6-bit integers, symmetric, -31 to 31: scale = amax / 31. Weights have a scale for each output channel, inputs one for
 * the tensor. The codes are those of an 8-bit type, so that any engine runs what is exported. Attention is not offered.
 */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
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

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        DType type = ops.dtype(x);
        float[] scales = range.scales(BOUND, type);
        T scale = range.isPerTensor() ? ops.constant(scales[0], type) : ops.constant(scales, Shape.of(scales.length), type);
        // the 8-bit type has codes beyond the bound, so an input is cut before; a weight is what its ranges are of, and needs no cut
        T cut = range.isPerTensor() ? ops.clamp(x, -BOUND * scales[0], BOUND * scales[0]) : x;
        return ops.dequantize(ops.quantize(cut, DType.INT8, scale, range.axis()), scale, range.axis());
    }
}
