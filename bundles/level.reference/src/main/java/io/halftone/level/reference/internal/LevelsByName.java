package io.halftone.level.reference.internal;

import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Levels by the layers' names. A feed-forward layer is one whose name has {@code ff.net} in it, and nothing else. */
final class LevelsByName implements LevelPolicy {
    private static final QuantLevel CONVOLUTIONS = new QuantLevel("1");
    private static final QuantLevel FEED_FORWARD = new QuantLevel("2");
    private static final QuantLevel QKV = new QuantLevel("2.5");
    private static final QuantLevel LINEAR = new QuantLevel("3");
    private static final QuantLevel ATTENTION = new QuantLevel("4");
    /** Heads of a multiple of this are taken. */
    private static final int HEAD_MULTIPLE = 16;

    private final Pattern excluded;

    /**
     * With the layers that stay as they are at every level.
     *
     * @param excluded found in their names
     */
    LevelsByName(String excluded) {
        this.excluded = Pattern.compile(excluded);
    }

    @Override
    public List<QuantLevel> levels() {
        return List.of(CONVOLUTIONS, FEED_FORWARD, QKV, LINEAR, ATTENTION);
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        String name = layer.name();
        if (excluded.matcher(name).find()) {
            return Set.of();
        }
        if (layer instanceof Layer.Attention attention) {
            return level.compareTo(ATTENTION) >= 0 && attention.headDim() % HEAD_MULTIPLE == 0
                ? Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX) : Set.of();
        }
        boolean chosen = layer instanceof Layer.Conv ? level.compareTo(CONVOLUTIONS) >= 0 : chosenLinear(level, name);
        return chosen ? Set.of(Slot.INPUT, Slot.WEIGHT) : Set.of();
    }

    private static boolean chosenLinear(QuantLevel level, String name) {
        if (level.compareTo(LINEAR) >= 0) {
            // the whole name: the last layer of SD3 and FLUX, not the projections of that name in blocks
            return !name.equals("proj_out");
        }
        return level.compareTo(FEED_FORWARD) >= 0 && name.contains("ff.net")
            || level.compareTo(QKV) >= 0 && (name.contains("to_q") || name.contains("to_k") || name.contains("to_v"));
    }
}
