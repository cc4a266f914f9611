package io.halftone.format.weightonly.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Granularity;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/** 8-bit integer weights, one scale for each output channel; inputs stay as they are. */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("int8-weight-only")
public final class Int8WeightOnlyFormat implements QuantFormat {
    private final WeightsAlone weights;

    /** With the rounding of the format {@code int8}. */
    @Activate
    public Int8WeightOnlyFormat(@Reference(target = "(halftone.named=int8)") QuantFormat rounding) {
        weights = new WeightsAlone(rounding);
    }

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return weights.granularity(layer, slot);
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        return weights.roundTrip(ops, x, range);
    }
}
