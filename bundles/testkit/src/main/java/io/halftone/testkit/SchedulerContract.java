package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Generator;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What holds of every scheduler, and that it computes what another implementation did.
 *
 * <p>The other implementation's results are a JSON resource: a list of cases with {@code name}, {@code config},
 * {@code steps}, {@code image_tokens}, {@code even_levels} where they are, {@code timesteps} of the calls, {@code sigmas},
 * {@code initial_noise_scale}, {@code latents} before the first call, and, for the first calls or all of them, {@code outputs} of the backbone,
 * {@code noise} drawn, {@code inputs} scaled for it and the latents {@code after} the call.
 */
public abstract class SchedulerContract {
    private static final JsonMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private final Scheduler scheduler;
    private final String resource;
    private final double tolerance;

    /**
     * A contract.
     *
     * @param resource  beside the test's class, or absolute
     * @param tolerance of the latents, relative to their largest magnitude, and of the noise levels, relative to each
     */
    protected SchedulerContract(Scheduler scheduler, String resource, double tolerance) {
        this.scheduler = scheduler;
        this.resource = resource;
        this.tolerance = tolerance;
    }

    /** A schedule of a configuration that messages call scheduler_config.json. */
    protected final Schedule schedule(Map<String, ?> config, Scheduler.Run run) {
        return scheduler.schedule(ModelConfig.of("scheduler_config.json", config), run);
    }

    /** As {@link #schedule(Map, Scheduler.Run)}, of pictures of 64 tokens and the scheduler's own levels. */
    protected final Schedule schedule(Map<String, ?> config, int steps) {
        return schedule(config, new Scheduler.Run(steps, 64, false));
    }

    /** Asserts that a configuration is refused with a message, its place in front left out. */
    protected final void assertRefused(String message, Map<String, ?> config, int steps) {
        assertEquals("scheduler_config.json: " + message,
            assertThrows(IllegalArgumentException.class, () -> schedule(config, steps)).getMessage());
    }

    @TestFactory
    Stream<DynamicTest> stopsAtTheTimeStepsOfTheSource() {
        return cases((found, expected) -> {
            double[] timesteps = new double[found.calls()];
            for (int call = 0; call < timesteps.length; call++) {
                timesteps[call] = found.timestep(call);
            }
            assertArrayEquals(floats(expected.path("timesteps")), toFloats(timesteps), 1e-4f);
        });
    }

    @TestFactory
    Stream<DynamicTest> goesThroughTheNoiseLevelsOfTheSource() {
        return cases((found, expected) -> {
            float[] sigmas = floats(expected.path("sigmas"));
            assertEquals(sigmas.length, found.sigmas().length);
            for (int i = 0; i < sigmas.length; i++) {
                assertEquals(sigmas[i], found.sigmas()[i], tolerance * Math.abs(sigmas[i]), "sigma " + i);
            }
            double scale = expected.path("initial_noise_scale").doubleValue();
            assertEquals(scale, found.initialNoiseScale(), tolerance * scale);
        });
    }

    @TestFactory
    Stream<DynamicTest> stepsAsTheSourceDoes() {
        return cases((schedule, expected) -> {
            try (var sampler = schedule.sampler(Floats.ops(), rows(expected.path("noise")))) {
                Floats latents = Floats.of(floats(expected.path("latents")));
                for (int call = 0; call < expected.path("after").size(); call++) {
                    assertNear(expected.path("inputs").path(call), sampler.scaleInput(latents, call), "input of call " + call);
                    latents = sampler.step(Floats.of(floats(expected.path("outputs").path(call))), latents, call);
                    assertNear(expected.path("after").path(call), latents, "after call " + call);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> callsBelongToTheStepsAskedForInOrder() {
        return cases((schedule, expected) -> {
            assertEquals(0, schedule.step(0));
            for (int call = 1; call < schedule.calls(); call++) {
                assertTrue(schedule.step(call) - schedule.step(call - 1) <= 1 && schedule.step(call) >= schedule.step(call - 1),
                    "step " + schedule.step(call) + " of call " + call + " follows step " + schedule.step(call - 1));
            }
            assertEquals(expected.path("steps").intValue() - 1, schedule.step(schedule.calls() - 1));
        });
    }

    @TestFactory
    Stream<DynamicTest> holdsNoTensorOnceClosed() {
        return cases((schedule, expected) -> {
            List<EagerOps.Cell<Floats>> cells = new ArrayList<>();
            Floats two = Floats.of(1, 2);
            try (var sampler = schedule.sampler(Floats.ops(cells), shape -> two)) {
                for (int call = 0; call < schedule.calls(); call++) {
                    sampler.step(two, two, call);
                }
            }
            assertTrue(cells.stream().allMatch(EagerOps.Cell::isEmpty));
        });
    }

    @TestFactory
    Stream<DynamicTest> stepsInFloat32WhateverItIsGiven() {
        return cases((schedule, expected) -> {
            try (var sampler = schedule.sampler(Floats.ops(), shape -> Floats.of(1))) {
                assertEquals(DType.FLOAT32, sampler.step(new Floats(DType.BFLOAT16, 1), new Floats(DType.FLOAT16, 2), 0).dtype());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesACallPastTheLast() {
        return cases((schedule, expected) -> {
            try (var sampler = schedule.sampler(Floats.ops(), shape -> Floats.of(1))) {
                int calls = schedule.calls();
                assertThrows(IndexOutOfBoundsException.class, () -> sampler.step(Floats.of(1), Floats.of(1), calls));
                assertThrows(IndexOutOfBoundsException.class, () -> schedule.timestep(calls));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> handsOutACopyOfTheNoiseLevels() {
        return cases((schedule, expected) -> {
            double[] before = schedule.sigmas();
            schedule.sigmas()[0] = -1;
            assertArrayEquals(before, schedule.sigmas());
        });
    }

    @Test
    void refusesNoSteps() {
        String message = assertThrows(IllegalArgumentException.class, () -> schedule(read().get(0), 0)).getMessage();
        assertTrue(message.startsWith("scheduler_config.json: steps: found 0; expected "), message);
    }

    /** A check of one case. */
    private interface Check {
        void of(Schedule schedule, JsonNode expected);
    }

    private Stream<DynamicTest> cases(Check check) {
        List<JsonNode> cases = read();
        assertFalse(cases.isEmpty(), resource);
        Consumer<JsonNode> run = expected -> check.of(schedule(expected, expected.path("steps").intValue()), expected);
        return cases.stream().map(c -> DynamicTest.dynamicTest(c.path("name").textValue(), () -> run.accept(c)));
    }

    private Schedule schedule(JsonNode expected, int steps) {
        Map<String, Object> config = JSON.convertValue(expected.path("config"), new TypeReference<>() {});
        return schedule(config,
            new Scheduler.Run(steps, expected.path("image_tokens").longValue(), expected.path("even_levels").booleanValue()));
    }

    private List<JsonNode> read() {
        try (InputStream json = getClass().getResourceAsStream(resource)) {
            List<JsonNode> cases = new ArrayList<>();
            JSON.readTree(json).forEach(cases::add);
            return cases;
        } catch (IOException e) {
            throw new AssertionError(resource, e);
        }
    }

    /** Draws the rows one by one. */
    private static Generator<Floats> rows(JsonNode rows) {
        List<float[]> left = new ArrayList<>();
        rows.forEach(row -> left.add(floats(row)));
        return shape -> {
            assertEquals(shape.count().size(), left.get(0).length, "elements of noise");
            return Floats.of(left.remove(0));
        };
    }

    private void assertNear(JsonNode expected, Floats found, String what) {
        float[] values = floats(expected);
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertArrayEquals(values, found.values(), (float) (tolerance * largest), what);
    }

    private static float[] floats(JsonNode numbers) {
        double[] values = new double[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.path(i).doubleValue();
        }
        return toFloats(values);
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
