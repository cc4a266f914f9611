package io.halftone.format.int8.internal;

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
 * Signed 8-bit integers, symmetric, over the whole range -128 to 127: scale = amax / 127. Weights have a scale for each
 * output channel, inputs one for the tensor. Attention is not offered.
 */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("int8")
public final class Int8Format implements QuantFormat {
    private static final float BOUND = 127;
    /** The greatest float16 scale whose product with -128 is finite; amax is above 64992 where it comes to matter. */
    private static final float GREATEST_HALF_SCALE = 511.75f;

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
        for (int i = 0; type == DType.FLOAT16 && i < scales.length; i++) {
            scales[i] = Math.min(scales[i], GREATEST_HALF_SCALE);
        }
        T scale = range.isPerTensor() ? ops.constant(scales[0], type) : ops.constant(scales, Shape.of(scales.length), type);
        return ops.dequantize(ops.quantize(x, DType.INT8, scale, range.axis()), scale, range.axis());
    }

    @Override
    public String usualAlgorithm() {
        return "smoothquant";
    }
}
