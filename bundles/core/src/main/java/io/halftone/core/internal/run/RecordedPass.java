package io.halftone.core.internal.run;

import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A pass over named inputs that the device may record: once for each form that the inputs have, of which the latest few are kept. For use by one thread.
 */
public final class RecordedPass<T> implements AutoCloseable {
    /** Recordings have memory of their own on the device. A run has one form, a batch that is not full another. */
    private static final int KEPT = 2;

    private final EagerOps<T> ops;
    private final Function<Values<T>, List<T>> body;
    private final Map<Object, EagerOps.Replay<T>> recordings = new LinkedHashMap<>(KEPT, 1, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, EagerOps.Replay<T>> eldest) {
            if (size() <= KEPT) {
                return false;
            }
            eldest.getValue().close();
            return true;
        }
    };

    /**
     * @param body as {@link EagerOps#replay} takes it
     */
    public RecordedPass(EagerOps<T> ops, Function<Values<T>, List<T>> body) {
        this.ops = ops;
        this.body = body;
    }

    /** The body's results, made in the current region. */
    public List<T> run(Values<T> inputs) {
        List<String> names = List.copyOf(inputs.names());
        List<T> given = List.copyOf(inputs.asMap().values());
        EagerOps.Replay<T> recording = recordings.computeIfAbsent(form(names, given), form -> ops.replay(values -> body.apply(named(names, values))));
        try {
            return recording.run(given);
        } catch (DeviceException e) {
            if (!ops.releaseRecordings()) {   // those of other forms may hold what this one lacks
                throw e;
            }
            return recording.run(given);
        }
    }

    private List<Object> form(List<String> names, List<T> values) {
        List<Object> form = new ArrayList<>(names);
        for (T value : values) {
            form.add(ops.dtype(value));
            form.add(ops.shape(value));
        }
        return form;
    }

    private static <T> Values<T> named(List<String> names, List<T> values) {
        Map<String, T> named = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), values.get(i));
        }
        return Values.of(named);
    }

    @Override
    public void close() {
        recordings.values().forEach(EagerOps.Replay::close);
        recordings.clear();
    }
}
