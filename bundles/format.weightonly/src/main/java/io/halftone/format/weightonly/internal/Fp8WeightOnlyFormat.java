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

/** 8-bit float weights, one scale for each tensor; inputs stay as they are. The exponent takes in what channels differ by, and runtimes
 * take 8-bit floats with one scale only. */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("fp8-weight-only")
public final class Fp8WeightOnlyFormat implements QuantFormat {
    private final WeightsAlone weights;

    /** With the rounding of the format {@code fp8}. */
    @Activate
    public Fp8WeightOnlyFormat(@Reference(target = "(halftone.named=fp8)") QuantFormat rounding) {
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
