package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.Chain;
import io.halftone.core.internal.job.Monitor;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Shape;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Components of a tiny pipeline on a device whose memory is full of recordings. */
class RunningPipelineTest {
    private final List<String> events = new ArrayList<>();
    /** Recordings that take the memory a component needs. */
    private int recordings;
    /** Whether there is too little memory without them, too. */
    private boolean small;

    @Test
    void recordingsGiveWayToAComponentThatLacksMemory() throws IOException {
        float[] expected = decoded();
        events.clear();
        recordings = 2;
        assertArrayEquals(expected, decoded());
        assertEquals(List.of("vae", "released", "vae"), events);
    }

    @Test
    void aComponentThatDoesNotFitWithoutThemEither() {
        recordings = 1;
        small = true;
        var e = assertThrows(DeviceException.class, this::decoded);
        assertEquals("vae: found no memory", e.getMessage());
        assertEquals(List.of("vae", "released", "vae"), events);
        events.clear();
        assertThrows(DeviceException.class, this::decoded);
        assertEquals(List.of("vae"), events);
    }

    private float[] decoded() throws IOException {
        try (OpenPipeline pipeline = Chain.WORK.open(Chain.TINY)) {
            return Chain.RUNTIME.run(new EagerRuntime.Task<float[]>() {
                @Override
                public <T> float[] run(EagerRuntime.Context<T> context) {
                    RunningPipeline<T> parts = new RunningPipeline<>(pipeline, scarce(context), Monitor.silent());
                    T latents = context.generator(5).normal(Shape.of(1, pipeline.spec().latentChannels(), 4, 4));
                    return parts.ops().toFloats(pipeline.adapter().decode(parts, latents));
                }
            });
        }
    }

    @SuppressWarnings("unchecked")
    private <T> EagerRuntime.Context<T> scarce(EagerRuntime.Context<T> context) {
        return (EagerRuntime.Context<T>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {EagerRuntime.Context.class},
            (proxy, method, args) -> {
                Object result = method.invoke(context, args);
                return result instanceof EagerOps<?> ops ? scarce(ops) : result;
            });
    }

    private EagerOps<?> scarce(EagerOps<?> ops) {
        return (EagerOps<?>) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {EagerOps.class}, (proxy, method, args) -> {
            if (method.getName().equals("releaseRecordings")) {
                boolean any = recordings > 0;
                recordings = 0;
                events.addAll(any ? List.of("released") : List.of());
                return any;
            }
            if (method.getName().equals("region") && args[0].equals("vae")) {
                events.add("vae");
                if (recordings > 0 || small) {
                    throw new DeviceException("vae: found no memory");
                }
            }
            try {
                return method.invoke(ops, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
