package io.halftone.format.blocks.internal;

import io.halftone.model.Named;
import io.halftone.ops.Blocks;
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
 * 8-bit floats in blocks of 32, each with a power of two as its scale. The scales follow the values alone, so that no range
 * limits them. For linear layers only. Source: OCP Microscaling Formats 1.0, MXFP8 with E4M3, its scale rounded up as in NVIDIA
 * Model Optimizer.
 */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("mxfp8")
public final class Mxfp8Format implements QuantFormat {
    private static final Blocks BLOCKS = new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0);

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return BlockRounding.granularity(BLOCKS, layer, slot);
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        return ops.roundBlocks(x, BLOCKS, ops.constant(1, DType.FLOAT32));
    }
}
