package ${package};

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Levels by the size of a layer, as a large one gains most: 1 layers of 2^20 weights or more, 2 of 2^14, 3 all of them.
 * Embeddings, the first layer, the last one and attentions stay as they are.
 */
@Component(service = LevelPolicy.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("${pluginName}")
public final class ${className}Policy implements LevelPolicy {
    private static final QuantLevel LARGE = new QuantLevel("1");
    private static final QuantLevel MIDDLE = new QuantLevel("2");
    private static final QuantLevel ALL = new QuantLevel("3");
    private static final long LARGE_WEIGHTS = 1 << 20;
    private static final long MIDDLE_WEIGHTS = 1 << 14;
    private static final Set<Role> KEPT = EnumSet.of(Role.EMBEDDING, Role.INPUT, Role.OUTPUT);

    @Override
    public List<QuantLevel> levels() {
        return List.of(LARGE, MIDDLE, ALL);
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        long weights = weights(layer);
        if (weights == 0 || KEPT.contains(layer.role())) {
            return Set.of();
        }
        QuantLevel from = weights >= LARGE_WEIGHTS ? LARGE : weights >= MIDDLE_WEIGHTS ? MIDDLE : ALL;
        return level.compareTo(from) < 0 ? Set.of() : Set.of(Slot.INPUT, Slot.WEIGHT);
    }

    private static long weights(Layer layer) {
        if (layer instanceof Layer.Linear linear) {
            return linear.in() * linear.out();
        }
        return layer instanceof Layer.Conv conv ? conv.in() * conv.out() * conv.kernel() * conv.kernel() : 0;
    }
}
