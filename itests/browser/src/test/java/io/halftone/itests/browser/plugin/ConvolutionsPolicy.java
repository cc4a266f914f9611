package io.halftone.itests.browser.plugin;

import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;

/** Every convolution, and nothing else, at each of its levels. */
public final class ConvolutionsPolicy implements LevelPolicy {
    @Override
    public List<QuantLevel> levels() {
        return List.of(new QuantLevel("1"), new QuantLevel("3"));
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        return layer instanceof Layer.Conv ? Set.of(Slot.INPUT, Slot.WEIGHT) : Set.of();
    }
}
