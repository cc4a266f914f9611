package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Latency;
import io.halftone.core.internal.run.Backbone;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimingsTest {
    private final Timings timings = new Timings();
    private int waits;
    private int lag;

    @Test
    void theMedianIsTheMiddleOneOrTheMeanOfTheMiddleTwo() {
        assertEquals(3, Timings.percentile(List.of(3.0), 50));
        assertEquals(2.5, Timings.percentile(List.of(2.0, 3.0), 50));
        assertEquals(3, Timings.percentile(List.of(1.0, 3.0, 90.0), 50));
        assertEquals(4, Timings.percentile(List.of(1.0, 3.0, 5.0, 90.0), 50));
    }

    @Test
    void aPercentileIsTheLeastThatSoManyDoNotExceed() {
        assertEquals(7, Timings.percentile(List.of(7.0), 95));
        assertEquals(2, Timings.percentile(List.of(1.0, 2.0), 95));
        assertEquals(19, Timings.percentile(upTo(20), 95));
        assertEquals(20, Timings.percentile(upTo(21), 95));
        assertEquals(95, Timings.percentile(upTo(100), 95));
        assertEquals(96, Timings.percentile(upTo(101), 95));
        assertEquals(1, Timings.percentile(upTo(100), 0));
        assertEquals(100, Timings.percentile(upTo(100), 100));
    }

    @Test
    void noCallsHaveNoPercentile() {
        assertEquals(Double.NaN, Timings.percentile(List.of(), 50));
        assertEquals(0, timings.latency(new Fixed(), true).runs());
    }

    @Test
    void leavesOutTheFirstCallWhereThereAreSeveral() {
        call(3);
        assertEquals(1, timings.latency(new Fixed(), true).runs());
        call(3);
        call(3);
        assertEquals(2, timings.latency(new Fixed(), true).runs());
        assertEquals(3, timings.latency(new Fixed(), false).runs());
    }

    @Test
    void forgetsCallsThatWarmedUp() {
        call(3);
        call(3);
        timings.clear();
        call(3);
        assertEquals(1, timings.latency(new Fixed(), false).runs());
    }

    @Test
    void describesTheFirstCallsInputs() {
        call(3);
        call(9);
        Latency latency = timings.latency(new Fixed(), true);
        assertEquals(Map.of("sample", "[3] FLOAT16"), latency.shapes());
        assertEquals("runtime 1.0, CPU", latency.backbone());
        assertEquals("as it is", latency.note());
        assertTrue(latency.medianMillis() >= 0 && latency.medianMillis() <= latency.p95Millis());
    }

    @Test
    void waitsForTheDeviceBeforeAndAfterACall() {
        call(3);
        call(3);
        assertEquals(4, waits);
    }

    @Test
    void whatTheDeviceStillDoesIsPartOfTheCall() {
        lag = 20;
        call(3);
        double found = timings.latency(new Fixed(), false).medianMillis();
        assertTrue(found >= 20, "found " + found + " ms; expected the wait of 20 ms too");
    }

    /** A call with an input of that extent. */
    private void call(long extent) {
        @SuppressWarnings("unchecked")
        EagerOps<Object> ops = (EagerOps<Object>) Proxy.newProxyInstance(EagerOps.class.getClassLoader(), new Class<?>[] {EagerOps.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "shape" -> Shape.of(extent);
                case "dtype" -> DType.FLOAT16;
                case "await" -> {
                    waits++;
                    Thread.sleep(lag);
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.toString());
            });
        timings.begin(ops, Values.of("sample", new Object()));
        timings.end(ops);
    }

    private static List<Double> upTo(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList();
    }

    private static final class Fixed implements Backbone<Object> {
        @Override
        public Object run(Values<Object> inputs) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String description() {
            return "runtime 1.0, CPU";
        }

        @Override
        public String note() {
            return "as it is";
        }
    }
}
