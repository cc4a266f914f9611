package io.halftone.checkpoint;

import io.halftone.checkpoint.internal.LayerEntry;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The proof that what was chosen to be quantized is quantized in the checkpoint. */
public final class Coverage {
    private Coverage() {}

    /**
     * The sites that the checkpoint does not show quantized, a line each, saying why. A site is shown quantized if what runs in the
     * layer's place was seen to round it when the checkpoint was written, and if its magnitudes are there; a weight of a compact
     * checkpoint also has to be in codes, or the checkpoint has to say why it is not.
     *
     * @param expected what the policy chose, without slots that the format leaves as they are by design
     */
    public static List<String> check(Collection<Site> expected, StoredCheckpoint checkpoint) {
        List<String> missing = new ArrayList<>();
        for (Site site : expected) {
            LayerEntry entry = checkpoint.entry(site.layer());
            if (entry == null) {
                missing.add(site + ": found no such layer in the checkpoint; expected it quantized");
            } else if (!entry.rounded().contains(site.slot())) {
                missing.add(site + ": found nothing that rounds it in what runs in the layer's place; expected it rounded");
            } else if (site.slot() == Slot.WEIGHT && checkpoint.form() == Form.COMPACT && entry.codec().isEmpty()
                && entry.kept().isEmpty()) {
                missing.add(site + ": found the weight in " + checkpoint.computeType() + "; expected codes");
            } else if (!entry.amax().containsKey(site.slot())) {
                missing.add(site + ": found no magnitudes in the checkpoint; expected them");
            }
        }
        return missing;
    }
}
