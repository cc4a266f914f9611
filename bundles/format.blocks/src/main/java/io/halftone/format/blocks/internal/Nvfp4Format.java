package io.halftone.format.blocks.internal;

import io.halftone.model.Named;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Float8;
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
 * 4-bit floats in blocks of 16, each with an 8-bit float as its scale, which is in units of a float32 scale of the tensor: amax
 * / (6 * 448). For linear layers only. Source: NVIDIA Model Optimizer, nvfp4_tensor.py.
 */
@Component(service = QuantFormat.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("nvfp4")
public final class Nvfp4Format implements QuantFormat {
    private static final Blocks BLOCKS = new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3);
    /** The largest element times the largest block scale. */
    private static final float BOUND = BLOCKS.element().max() * Float8.MAX;

    @Override
    public Optional<Granularity> granularity(Layer layer, Slot slot) {
        return BlockRounding.granularity(BLOCKS, layer, slot);
    }

    @Override
    public <T> T roundTrip(Ops<T> ops, T x, Range range) {
        return ops.roundBlocks(x, BLOCKS, ops.constant(tensorScale(range.max()), DType.FLOAT32));
    }

    /** 1 where amax / 2688 is 0; values of such a range are 0 after rounding either way. */
    static float tensorScale(float amax) {
        return amax / BOUND == 0 ? 1 : amax / BOUND;
    }
}
