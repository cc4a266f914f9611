package io.halftone.level.reference.internal;

import io.halftone.model.Named;
import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;

/**
 * Levels by name, as NVIDIA Model Optimizer's diffusers example draws them (releases 0.23 to 0.33), so that published figures
 * can be matched. A feed-forward layer is one whose name has {@code ff.net} in it, and nothing else.
 */
@Component(service = LevelPolicy.class)
@Named("reference")
public final class ReferencePolicy implements LevelPolicy {
    private static final QuantLevel FEED_FORWARD = new QuantLevel("2");
    private static final QuantLevel QKV = new QuantLevel("2.5");
    private static final QuantLevel LINEAR = new QuantLevel("3");
    private static final QuantLevel ATTENTION = new QuantLevel("4");
    private static final Pattern EXCLUDED = Pattern.compile(
        "time_emb_proj|time_embedding|conv_in|conv_out|conv_shortcut|add_embedding|pos_embed|time_text_embed|context_embedder|norm_out|x_embedder");
    private static final int HEAD_MULTIPLE = 16;

    @Override
    public List<QuantLevel> levels() {
        return List.of(new QuantLevel("1"), FEED_FORWARD, QKV, LINEAR, ATTENTION);
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        String name = layer.name();
        if (layer instanceof Layer.Attention attention) {
            return level.compareTo(ATTENTION) >= 0 && attention.headDim() % HEAD_MULTIPLE == 0
                ? Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX) : Set.of();
        }
        if (EXCLUDED.matcher(name).find()) {
            return Set.of();
        }
        boolean chosen = layer instanceof Layer.Conv || chosenLinear(level, name);
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
