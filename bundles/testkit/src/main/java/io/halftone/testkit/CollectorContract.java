package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What every collector holds to. A collector's test extends it. */
public abstract class CollectorContract extends CollectorCalls {
    private static final int STEPS = 3;

    /**
     * Whether order, grouping into batches and repetition of equal observations leave the range as it is. Only a collector that
     * repeats the behaviour of other software has a reason to say no; the tests of these laws are then skipped.
     */
    protected boolean isFreeOfOrder() {
        return true;
    }

    @Test
    void oneMagnitudeIsItsOwnRange() {
        assertEquals(Range.of(3), fold(DType.FLOAT32, perTensor(1), new float[] {3, -3, 3}));
        assertEquals(Range.of(0.7f), fold(DType.FLOAT32, perTensor(1), new float[] {-0.7f}));
    }

    @Test
    void zerosHaveARangeOfZero() {
        assertEquals(Range.of(0), fold(DType.FLOAT32, perTensor(1), new float[8]));
    }

    @Test
    void isAtMostTheLargestMagnitude() {
        float[] row = row(new Random(4));
        float largest = 0;
        for (float x : row) {
            largest = Math.max(largest, Math.abs(x));
        }
        float amax = fold(DType.FLOAT32, perTensor(1), row).max();
        assertTrue(amax > 0 && amax <= largest, amax + " of " + largest);
    }

    @Test
    void refusesARangeOfNothing() {
        assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(2)));
    }

    @Test
    void refusesWhatIsNotFinite() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {Float.POSITIVE_INFINITY}));
        assertTrue(e.getMessage().contains("Infinity") && e.getMessage().endsWith("expected finite"), e.getMessage());
        e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {1, Float.NaN}, new float[] {2}));
        assertTrue(e.getMessage().contains("NaN") && e.getMessage().endsWith("expected finite"), e.getMessage());
    }

    @Test
    void mergesInAnyOrderAndGrouping() {
        Collector.Request request = perTensor(STEPS);
        Random random = new Random(5);
        List<Statistics> batches = new ArrayList<>();
        for (int batch = 0; batch < 6; batch++) {
            // of magnitudes that differ, as those of prompts do
            float scale = Math.scalb(1f, 2 * batch - 5);
            batches.add(statistics(DType.FLOAT32, request, batch, row(random, scale), row(random, scale), row(random, scale)));
        }
        Statistics forwards = merged(batches);
        for (int i = 0; i < 10; i++) {
            Collections.shuffle(batches, random);
            int cut = 1 + random.nextInt(batches.size() - 1);
            Statistics left = merged(batches.subList(0, cut));
            Statistics right = merged(batches.subList(cut, batches.size()));
            assertEquals(forwards, collector().merge(left, right));
        }
    }

    @Test
    void aBatchThatSawNothingChangesNothing() {
        Collector.Request request = perTensor(2);
        Random random = new Random(10);
        Statistics something = statistics(DType.FLOAT32, request, 0, row(random), row(random));
        Statistics nothing = statistics(DType.FLOAT32, request, 1);
        Range alone = collector().range(something, request);
        assertEquals(alone, collector().range(collector().merge(something, nothing), request));
        assertEquals(alone, collector().range(collector().merge(nothing, something), request));
    }

    @Test
    void sameCallAgainChangesNothing() {
        assumeTrue(isFreeOfOrder());
        float[] row = row(new Random(7));
        assertEquals(fold(DType.FLOAT32, perTensor(1), row), fold(DType.FLOAT32, perTensor(1), row, row));
    }

    @Test
    void orderAndGroupingOfCallsChangeNothing() {
        assumeTrue(isFreeOfOrder());
        Collector.Request request = perTensor(STEPS);
        Random random = new Random(8);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 4 * STEPS; i++) {
            calls.add(new Call(i % STEPS, row(random)));
        }
        Range together = collector().range(statistics(DType.FLOAT32, request, 0, calls), request);
        for (int size : new int[] {1, 2, 5, 12}) {
            Collections.shuffle(calls, random);
            List<Statistics> batches = new ArrayList<>();
            for (int from = 0; from < calls.size(); from += size) {
                List<Call> some = calls.subList(from, Math.min(calls.size(), from + size));
                batches.add(statistics(DType.FLOAT32, request, batches.size(), some));
            }
            assertEquals(together, collector().range(merged(batches), request), "batches of " + size + " calls");
        }
    }

    @Test
    void scalesWithItsValues() {
        Collector.Request request = perTensor(2);
        Random random = new Random(6);
        float[] a = row(random);
        float[] b = row(random);
        // a power of two, so that nothing is rounded
        float once = fold(DType.FLOAT32, request, a, b).max();
        assertEquals(8 * once, fold(DType.FLOAT32, request, times8(a), times8(b)).max(), 0);
    }

    @Test
    void statisticsSayAllThatIsKept() {
        Collector.Request request = perTensor(2);
        Random random = new Random(9);
        Statistics first = statistics(DType.FLOAT32, request, 0, row(random), row(random));
        Statistics second = statistics(DType.FLOAT32, request, 1, row(random), row(random));
        Statistics copy = copy(first);
        assertEquals(first, copy);
        assertEquals(collector().range(first, request), collector().range(copy, request));
        assertEquals(collector().explain(first, request), collector().explain(copy, request));
        assertEquals(collector().merge(first, second), collector().merge(copy, copy(second)));
    }

    @Test
    void mergingLeavesBothAsTheyWere() {
        Collector.Request request = perTensor(2);
        Random random = new Random(11);
        Statistics first = statistics(DType.FLOAT32, request, 0, row(random), row(random));
        Statistics second = statistics(DType.FLOAT32, request, 1, row(random), row(random));
        Statistics before = copy(first);
        Statistics other = copy(second);
        collector().merge(first, second);
        assertEquals(before, first);
        assertEquals(other, second);
    }

    @Test
    void refusesStatisticsOfOthers() {
        Statistics own = statisticsOfOneCall(0);
        refuses(new Statistics(Map.of(), Map.of()));
        refuses(Statistics.ofCounts("calls", 1));
        refuses(Statistics.ofValues("amax", 3));
        refuses(new Statistics(with(own.counts(), "another's", new long[] {1}), own.values()));
        refuses(new Statistics(own.counts(), with(own.values(), "another's", new float[] {1})));
        own.counts().keySet().forEach(name -> refuses(new Statistics(without(own.counts(), name), own.values())));
        own.values().keySet().forEach(name -> refuses(new Statistics(own.counts(), without(own.values(), name))));
    }

    @Test
    void refusesCountsThatCannotBe() {
        Statistics own = statisticsOfOneCall(0);
        own.counts().forEach((name, array) -> {
            refuses(new Statistics(with(own.counts(), name, Arrays.copyOf(array, array.length + 1)), own.values()));
            refuses(new Statistics(with(own.counts(), name, Arrays.copyOf(array, array.length - 1)), own.values()));
            for (int i = 0; i < array.length; i++) {
                long[] negative = array.clone();
                negative[i] = -1;
                refuses(new Statistics(with(own.counts(), name, negative), own.values()));
            }
        });
    }

    @Test
    void refusesAnAmaxThatCannotBe() {
        Statistics own = statisticsOfOneCall(0);
        Statistics other = statisticsOfOneCall(1);
        Collector.Request request = perTensor(1);
        own.values().forEach((name, array) -> {
            float[] changed = array.clone();
            changed[0] = -3;
            refuses(new Statistics(own.counts(), with(own.values(), name, changed)));
            changed[0] = Float.NaN;
            Statistics damaged = new Statistics(own.counts(), with(own.values(), name, changed));
            // a merge may leave it to the range, which knows whether it counts
            assertThrows(CalibrationException.class, () -> collector().range(damaged, request));
            assertThrows(CalibrationException.class, () -> collector().explain(damaged, request));
            assertThrows(CalibrationException.class, () -> collector().range(collector().merge(damaged, other), request));
            assertThrows(CalibrationException.class, () -> collector().range(collector().merge(other, damaged), request));
        });
    }

    @Test
    void closingReleasesWhatIsKeptOnTheDevice() {
        Collector.Request request = perTensor(2);
        Tensors.run(DType.FLOAT32, new Tensors.Work<Void>() {
            @Override
            public <T> Void with(EagerOps<T> ops) {
                List<EagerOps.Cell<?>> cells = new ArrayList<>();
                Collector.Fold<T> fold = collector().fold(notingCells(ops, cells), request, 0);
                fold.accept(ops.constant(new float[] {1, 2}, Shape.of(1, 2), DType.FLOAT32), 0);
                fold.accept(ops.constant(new float[] {3, 4}, Shape.of(1, 2), DType.FLOAT32), 1);
                fold.statistics();
                fold.close();
                fold.close();   // again does no harm
                assertFalse(cells.isEmpty());
                assertTrue(cells.stream().allMatch(EagerOps.Cell::isEmpty));
                return null;
            }
        });
    }

    @Test
    void takesFloat16AndBfloat16() {
        // magnitudes that both types hold exactly
        float[] row = {3, -3, 3};
        assertEquals(Range.of(3), fold(DType.FLOAT16, perTensor(1), row));
        assertEquals(Range.of(3), fold(DType.BFLOAT16, perTensor(1), row));
    }

    /** Only what is reduced leaves a pass that a device has recorded. */
    @Test
    void whatIsReducedSaysAsMuchAsTheValue() {
        for (Collector.Request request : List.of(perTensor(STEPS), perTensor(STEPS, 0.7), perChannel(STEPS))) {
            for (DType type : List.of(DType.FLOAT32, DType.FLOAT16)) {
                Tensors.run(type, new Tensors.Work<Void>() {
                    @Override
                    public <T> Void with(EagerOps<T> ops) {
                        whatIsReducedSaysAsMuch(ops, request, type);
                        return null;
                    }
                });
            }
        }
    }

    private <T> void whatIsReducedSaysAsMuch(EagerOps<T> ops, Collector.Request request, DType type) {
        Collector.Fold<T> whole = folded(ops, request);
        if (!(whole instanceof Collector.Reducing<T>)) {
            return;   // it looks at whole values, or refuses the request
        }
        try (Collector.Fold<T> direct = whole; Collector.Reducing<T> reduced = (Collector.Reducing<T>) folded(ops, request);
             Collector.Reducing<T> other = (Collector.Reducing<T>) folded(ops, request)) {
            Random random = new Random(12);
            for (int call = 0; call < 2 * STEPS; call++) {
                float[] values = new float[24];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                T x = ops.constant(values, Shape.of(2, 3, 4), type);
                direct.accept(x, call % STEPS);
                T small = other.reduce(x);   // by another fold: it depends on the value alone
                assertTrue(ops.shape(small).count().size() < values.length, ops.shape(small).toString());
                reduced.acceptReduced(small, call % STEPS);
            }
            assertEquals(direct.statistics(), reduced.statistics());
        }
    }

    /** A fold for such a request; null where the collector refuses it. */
    private <T> Collector.Fold<T> folded(EagerOps<T> ops, Collector.Request request) {
        try {
            return collector().fold(ops, request, 0);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Test
    void saysInALineHowItCameAbout() {
        Collector.Request request = perTensor(1);
        String line = collector().explain(statistics(DType.FLOAT32, request, 0, new float[] {1, -3, 2}), request);
        assertTrue(!line.isBlank() && line.lines().count() == 1, line);
    }

    private Statistics merged(List<Statistics> batches) {
        return batches.stream().reduce(collector()::merge).orElseThrow();
    }

    /** What a file or a message would bring back. */
    private static Statistics copy(Statistics statistics) {
        return new Statistics(copies(statistics.counts(), long[]::clone), copies(statistics.values(), float[]::clone));
    }

    private static <A> Map<String, A> copies(Map<String, A> arrays, UnaryOperator<A> copy) {
        return arrays.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> copy.apply(e.getValue())));
    }

    @SuppressWarnings("unchecked")
    private static <T> EagerOps<T> notingCells(EagerOps<T> ops, List<EagerOps.Cell<?>> cells) {
        Class<?>[] types = {EagerOps.class};
        return (EagerOps<T>) Proxy.newProxyInstance(CollectorContract.class.getClassLoader(), types, (proxy, method, args) -> {
            try {
                Object result = method.invoke(ops, args);
                if (result instanceof EagerOps.Cell<?> cell) {
                    cells.add(cell);
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private static float[] row(Random random) {
        return row(random, 3);
    }

    private static float[] row(Random random, float scale) {
        float[] row = new float[64];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian() * scale;
        }
        return row;
    }

    private static float[] times8(float[] row) {
        float[] scaled = row.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= 8;
        }
        return scaled;
    }
}
