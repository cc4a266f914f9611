package io.halftone.itests.plugin;

import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;

/** Every linear layer, at the one level there is. */
public final class EveryPolicy implements LevelPolicy {
    @Override
    public List<QuantLevel> levels() {
        return List.of(new QuantLevel("1"));
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        return layer instanceof Layer.Linear ? Set.of(Slot.INPUT, Slot.WEIGHT) : Set.of();
    }
}
