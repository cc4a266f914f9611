package io.halftone.quant;

import io.halftone.ops.Layer;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/** Which slots of a layer each level quantizes. Found by {@link io.halftone.model.Named}. Stateless. */
@ConsumerType
public interface LevelPolicy {
    /** The levels there are, from the least. */
    List<QuantLevel> levels();

    /** The slots of this layer at that level; empty where the layer stays as it is. */
    Set<Slot> slots(QuantLevel level, Layer layer);
}
