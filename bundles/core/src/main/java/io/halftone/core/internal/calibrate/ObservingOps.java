package io.halftone.core.internal.calibrate;

import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Map;

/** Shows collectors what goes into layers, then runs them. */
final class ObservingOps<T> extends ForwardingOps<T> {
    private final Map<Site, Collector.Fold<T>> folds;
    private int step = -1;
    private Site shown;

    ObservingOps(Ops<T> target, Map<Site, Collector.Fold<T>> folds) {
        super(target);
        this.folds = folds;
    }

    /** What is seen from now on belongs to this denoising step, as the schedule counts. */
    void step(int next) {
        step = next;
    }

    /** The site that was come to last, with its step; empty before the first. */
    String place() {
        return shown == null ? "" : shown.name() + " at step " + step;
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        show(layer, Slot.INPUT, x);
        return target().linear(layer, x);
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        show(layer, Slot.INPUT, x);
        return target().conv(layer, x);
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        show(layer, Slot.QUERY, q);
        show(layer, Slot.KEY, k);
        show(layer, Slot.VALUE, v);
        return target().attention(layer, q, k, v);
    }

    private void show(Layer layer, Slot slot, T x) {
        Site site = new Site(layer.name(), slot);
        shown = site;
        Collector.Fold<T> fold = folds.get(site);
        if (fold == null) {
            return;
        }
        if (step < 0) {
            throw new CalibrationException(layer.name() + ": found a value outside the denoising loop; expected it in a step");
        }
        // a lifetime of its own: what folding makes on the way is released at once
        target().region("", () -> {
            fold.accept(x, step);
            return List.of();
        });
    }
}
