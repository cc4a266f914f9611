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

/** Levels by name, as release 0.21 of the same example draws them: the layer that takes FLUX's latents in is quantized as well. */
@Component(service = LevelPolicy.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-0.21")
public final class EarlyReferencePolicy implements LevelPolicy {
    static final String EXCLUDED =
        "time_emb_proj|time_embedding|conv_in|conv_out|conv_shortcut|add_embedding|pos_embed|time_text_embed|context_embedder|norm_out";
    private static final LevelPolicy LEVELS = new LevelsByName(EXCLUDED);

    @Override
    public List<QuantLevel> levels() {
        return LEVELS.levels();
    }

    @Override
    public Set<Slot> slots(QuantLevel level, Layer layer) {
        return LEVELS.slots(level, layer);
    }
}
