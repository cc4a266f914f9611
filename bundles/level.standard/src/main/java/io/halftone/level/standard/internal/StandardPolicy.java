package io.halftone.level.standard.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Levels by what a layer is for: 1 the convolutions of the trunk, 2 and feed-forward, 2.5 and queries, keys and values, 3 and
 * the other linear layers of the blocks, 4 and attention. Short cuts, embeddings, the first and the last layer stay as they are.
 */
@Component(service = LevelPolicy.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("standard")
public final class StandardPolicy implements LevelPolicy {
    private static final QuantLevel CONVOLUTIONS = new QuantLevel("1");
    private static final QuantLevel FEED_FORWARD = new QuantLevel("2");
    private static final QuantLevel QKV = new QuantLevel("2.5");
    private static final QuantLevel LINEAR = new QuantLevel("3");
    private static final QuantLevel ATTENTION = new QuantLevel("4");
    /** FP8 attention kernels take heads of a multiple of this. */
    private static final int HEAD_MULTIPLE = 16;

    @Override
    public List<QuantLevel> levels() {
        return List.of(CONVOLUTIONS, FEED_FORWARD, QKV, LINEAR, ATTENTION);
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        if (layer.role() == Role.SHORTCUT || layer.role() == Role.EMBEDDING || layer.role() == Role.INPUT || layer.role() == Role.OUTPUT) {
            return Set.of();
        }
        QuantLevel from = switch (layer.role()) {
            case CONVOLUTION -> CONVOLUTIONS;
            case FEED_FORWARD -> FEED_FORWARD;
            case QKV -> QKV;
            case ATTENTION -> ATTENTION;
            default -> LINEAR;
        };
        if (level.compareTo(from) < 0) {
            return Set.of();
        }
        if (layer instanceof Layer.Attention attention) {
            return attention.headDim() % HEAD_MULTIPLE == 0 ? Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX) : Set.of();
        }
        return Set.of(Slot.INPUT, Slot.WEIGHT);
    }
}
