package io.halftone.core.internal.task;

import io.halftone.api.Latency;
import io.halftone.core.internal.run.Backbone;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long calls of one backbone took: from a device that is idle to one that is idle again. */
final class Timings {
    private final List<Double> millis = new ArrayList<>();
    private final Map<String, String> shapes = new LinkedHashMap<>();
    private long start;

    /** A call begins. */
    <T> void begin(EagerOps<T> ops, Values<T> inputs) {
        if (shapes.isEmpty()) {
            inputs.asMap().forEach((name, value) -> shapes.put(name, ops.shape(value) + " " + ops.dtype(value)));
        }
        ops.await();       // what was given before would be counted too
        start = System.nanoTime();
    }

    /** The call has returned: waits until it is done. */
    <T> void end(EagerOps<T> ops) {
        ops.await();
        millis.add((System.nanoTime() - start) / 1e6);
    }

    /** Forgets the calls so far: they warmed up. */
    void clear() {
        millis.clear();
    }

    /** The figures; the first call is left out where there are several, as it warms up. */
    Latency latency(Backbone<?> backbone, boolean skipFirst) {
        List<Double> warm = new ArrayList<>(skipFirst && millis.size() > 1 ? millis.subList(1, millis.size()) : millis);
        Collections.sort(warm);
        return new Latency(backbone.description(), warm.size(), percentile(warm, 50), percentile(warm, 95), shapes, backbone.note());
    }

    /** By nearest rank: the least value that so many of 100 do not exceed; the middle two's mean for the median. */
    static double percentile(List<Double> sorted, int percent) {
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        int n = sorted.size();
        if (percent == 50 && n % 2 == 0) {
            return (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
        }
        return sorted.get(Math.max(0, (int) Math.ceil(percent / 100.0 * n) - 1));
    }
}
