package io.halftone.core.internal.calibrate;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps what collectors look at of each value that goes into layers, then runs these: for a pass whose work is the device's alone. */
final class ReducingOps<T> extends ForwardingOps<T> {
    private final EagerOps<T> device;
    private final Map<Site, Collector.Reducing<T>> folds;
    private final List<Kept<T>> kept = new ArrayList<>();
    private Site shown;

    /** What was kept of one value. It stands in a row with others of its type. */
    private record Kept<T>(Site site, EagerOps.Cell<T> cell) {}

    /**
     * Where in a row what was kept of one value stands.
     *
     * @param row  its number
     * @param from its first element
     */
    record Placed(Site site, int row, long from, Shape shape) {}

    ReducingOps(Ops<T> target, EagerOps<T> device, Map<Site, Collector.Reducing<T>> folds) {
        super(target);
        this.device = device;
        this.folds = folds;
    }

    /** The site that was come to last; null before the first. */
    Site shown() {
        return shown;
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        keep(layer, Slot.INPUT, x);
        return target().linear(layer, x);
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        keep(layer, Slot.INPUT, x);
        return target().conv(layer, x);
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        keep(layer, Slot.QUERY, q);
        keep(layer, Slot.KEY, k);
        keep(layer, Slot.VALUE, v);
        return target().attention(layer, q, k, v);
    }

    private void keep(Layer layer, Slot slot, T x) {
        Site site = new Site(layer.name(), slot);
        shown = site;
        Collector.Reducing<T> fold = folds.get(site);
        if (fold == null) {
            return;
        }
        EagerOps.Cell<T> cell = device.cell();   // beyond the region of the layer's block
        kept.add(new Kept<>(site, cell));
        target().region("", () -> {
            cell.set(fold.reduce(x));
            return List.of();
        });
    }

    /**
     * All that was kept, end to end in a row for each type, in the current region; nothing is kept any more.
     *
     * @param placed takes where each part stands, in the order in which values were seen
     */
    List<T> rows(List<Placed> placed) {
        Map<DType, List<T>> rows = new LinkedHashMap<>();
        Map<DType, Long> lengths = new LinkedHashMap<>();
        for (Kept<T> one : kept) {
            T value = one.cell().get();
            DType type = device.dtype(value);
            Shape shape = device.shape(value);
            long from = lengths.getOrDefault(type, 0L);
            rows.computeIfAbsent(type, its -> new ArrayList<>()).add(device.reshape(value, Shape.of(shape.count().size())));
            placed.add(new Placed(one.site(), List.copyOf(rows.keySet()).indexOf(type), from, shape));
            lengths.put(type, from + shape.count().size());
        }
        List<T> joined = rows.values().stream().map(parts -> device.concat(0, parts)).toList();
        drop();
        return joined;
    }

    /** Keeps nothing any more. */
    void drop() {
        kept.forEach(one -> one.cell().close());
        kept.clear();
    }
}
