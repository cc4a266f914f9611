package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.function.Executable;

/** Calls of a collector, and what they leave. */
abstract class CollectorCalls {
    /** The collector under test; a new one each time, as it keeps nothing. */
    protected abstract Collector collector();

    /** The range after rows of values, call by call; row i belongs to step i modulo the request's steps, all in one batch. */
    protected final Range fold(DType type, Collector.Request request, float[]... calls) {
        return collector().range(statistics(type, request, 0, calls), request);
    }

    /** What one batch of such rows leaves. */
    protected final Statistics statistics(DType type, Collector.Request request, long batch, float[]... calls) {
        List<Call> observed = new ArrayList<>();
        for (int i = 0; i < calls.length; i++) {
            observed.add(new Call(i % request.steps(), calls[i]));
        }
        return statistics(type, request, batch, observed);
    }

    /** One amax for the tensor, all of that many steps. */
    protected static Collector.Request perTensor(int steps) {
        return perTensor(steps, 1);
    }

    /** An amax for each index of the last axis. */
    static Collector.Request perChannel(int steps) {
        return new Collector.Request(-1, steps, 1);
    }

    /** One amax for the tensor, the first fraction of that many steps. */
    protected static Collector.Request perTensor(int steps, double percentile) {
        return new Collector.Request(Collector.Request.NO_AXIS, steps, percentile);
    }

    /** What a batch of one call leaves, of magnitude 3. */
    final Statistics statisticsOfOneCall(long batch) {
        return statistics(DType.FLOAT32, perTensor(1), batch, new float[] {1, -3, 2});
    }

    /** Asserts that nothing is made of such statistics. */
    protected final void refuses(Statistics statistics) {
        Collector collector = collector();
        Collector.Request request = perTensor(1);
        Statistics sound = statisticsOfOneCall(1);
        List<Executable> uses = List.of(() -> collector.merge(statistics, sound), () -> collector.merge(sound, statistics),
            () -> collector.range(statistics, request), () -> collector.explain(statistics, request));
        for (Executable use : uses) {
            var e = assertThrows(CalibrationException.class, use, statistics.toString());
            assertTrue(e.getMessage().endsWith("; expected statistics of this collector"), e.getMessage());
        }
    }

    static <A> Map<String, A> with(Map<String, A> arrays, String name, A array) {
        Map<String, A> changed = new HashMap<>(arrays);
        changed.put(name, array);
        return changed;
    }

    static <A> Map<String, A> without(Map<String, A> arrays, String name) {
        Map<String, A> changed = new HashMap<>(arrays);
        changed.remove(name);
        return changed;
    }

    /** What one batch of calls leaves. */
    final Statistics statistics(DType type, Collector.Request request, long batch, List<Call> calls) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> Statistics with(EagerOps<T> ops) {
                try (Collector.Fold<T> fold = collector().fold(ops, request, batch)) {
                    for (Call call : calls) {
                        fold.accept(ops.constant(call.values(), Shape.of(1, call.values().length), type), call.step());
                    }
                    return fold.statistics();
                }
            }
        });
    }

    /** A value, and the denoising step that it belongs to. */
    record Call(int step, float[] values) {}
}
