package io.halftone.level.reference.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Levels by name, as NVIDIA Model Optimizer's diffusers example draws them (releases 0.23 to 0.33), so that published figures
 * can be matched.
 */
@Component(service = LevelPolicy.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference")
public final class ReferencePolicy implements LevelPolicy {
    private static final LevelPolicy LEVELS = new LevelsByName(EarlyReferencePolicy.EXCLUDED + "|x_embedder");

    @Override
    public List<QuantLevel> levels() {
        return LEVELS.levels();
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        return LEVELS.slots(level, layer);
    }
}
