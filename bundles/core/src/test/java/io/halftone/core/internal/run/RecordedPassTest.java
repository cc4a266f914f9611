package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RecordedPassTest {
    private final List<String> events = new ArrayList<>();
    private final EagerOps<String> ops = ops();
    private int recordings;
    /** Whether there is no memory for a run. */
    private boolean scarce;

    /** Values are texts, whose length is their shape. */
    @SuppressWarnings("unchecked")
    private EagerOps<String> ops() {
        return (EagerOps<String>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {EagerOps.class}, (proxy, method, args) ->
            switch (method.getName()) {
                case "dtype" -> DType.FLOAT32;
                case "shape" -> Shape.of(args[0].toString().length());
                case "releaseRecordings" -> {
                    events.add("release");
                    scarce = false;
                    yield recordings > 1;
                }
                case "replay" -> recording((UnaryOperator<List<String>>) args[0]);
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    private EagerOps.Replay<String> recording(UnaryOperator<List<String>> body) {
        int number = recordings++;
        events.add("recording " + number);
        return new EagerOps.Replay<>() {
            @Override
            public List<String> run(List<String> inputs) {
                events.add(number + " runs " + inputs);
                if (scarce) {
                    throw new DeviceException("mid_block: found CUDA out of memory");
                }
                return body.apply(inputs);
            }

            @Override
            public void close() {
                events.add(number + " closed");
            }
        };
    }

    private static Values<String> values(String sample, String timestep) {
        return Values.of(new TreeMap<>(Map.of("sample", sample, "timestep", timestep)));
    }

    @Test
    void recordsOncePerFormOfInputs() {
        var pass = new RecordedPass<>(ops, inputs -> List.of(inputs.get("timestep") + "/" + inputs.get("sample")));
        assertEquals(List.of("1/ab"), pass.run(values("ab", "1")));
        assertEquals(List.of("2/cd"), pass.run(values("cd", "2")));
        assertEquals(List.of("3/abc"), pass.run(values("abc", "3")));
        assertEquals(List.of("4/ef"), pass.run(values("ef", "4")));
        assertEquals(List.of("recording 0", "0 runs [ab, 1]", "0 runs [cd, 2]", "recording 1", "1 runs [abc, 3]", "0 runs [ef, 4]"), events);
    }

    @Test
    void recordingsOfOtherFormsGiveWayToAPassThatLacksMemory() {
        var pass = new RecordedPass<>(ops, inputs -> List.of(inputs.get("sample")));
        scarce = true;
        assertThrows(DeviceException.class, () -> pass.run(values("a", "1")));   // the one there is has no recording yet
        pass.run(values("a", "1"));
        events.clear();
        scarce = true;
        assertEquals(List.of("ab"), pass.run(values("ab", "1")));
        assertEquals(List.of("recording 1", "1 runs [ab, 1]", "release", "1 runs [ab, 1]"), events);
    }

    @Test
    void keepsTheTwoThatRanLast() {
        var pass = new RecordedPass<>(ops, inputs -> List.of(inputs.get("sample")));
        pass.run(values("a", "1"));
        pass.run(values("ab", "1"));
        pass.run(values("a", "1"));
        pass.run(values("abc", "1"));
        assertEquals(List.of("1 closed"), events.stream().filter(event -> event.endsWith("closed")).toList());
        pass.close();
        assertEquals(List.of("1 closed", "0 closed", "2 closed"), events.stream().filter(event -> event.endsWith("closed")).toList());
    }
}
