package io.halftone.format.blocks.internal;

import io.halftone.ops.Blocks;
import io.halftone.ops.Layer;
import io.halftone.quant.Granularity;
import io.halftone.quant.Slot;
import java.util.Optional;

/** Where formats whose scales are those of blocks can be used. */
final class BlockRounding {
    private BlockRounding() {}

    /**
     * Inputs and weights of linear layers, blocks along the in-features. No kernel convolves blocks, and in-features that end
     * within one have none: such layers stay as they are by design. In attentions the format is not offered.
     */
    static Optional<Granularity> granularity(Blocks blocks, Layer layer, Slot slot) {
        if (slot != Slot.INPUT && slot != Slot.WEIGHT) {
            return Optional.empty();
        }
        boolean fits = layer instanceof Layer.Linear linear && linear.in() % blocks.size() == 0;
        return Optional.of(fits ? Granularity.PER_BLOCK : Granularity.NONE);
    }
}
