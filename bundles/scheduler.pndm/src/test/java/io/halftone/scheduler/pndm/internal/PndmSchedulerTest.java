package io.halftone.scheduler.pndm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.pipeline.Schedule;
import io.halftone.testkit.ClosedFormRun;
import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PndmSchedulerTest extends SchedulerContract {
    private static final Map<String, Object> SKIPPING = Map.of("skip_prk_steps", true);

    PndmSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new PndmScheduler(), "/pndm-cases.json", 2e-6);
    }

    @Test
    void callsTheBackboneOnceMoreThanThereAreSteps() {
        Schedule schedule = schedule(SKIPPING, 4);
        assertEquals(List.of(0, 1, 1, 2, 3), IntStream.range(0, schedule.calls()).mapToObj(schedule::step).toList());
        assertEquals(List.of(750.0, 500.0, 500.0, 250.0, 0.0), IntStream.range(0, schedule.calls()).mapToObj(schedule::timestep).toList());
    }

    /** Stable Diffusion 1.5's own configuration. */
    private static final Map<String, Object> STABLE_DIFFUSION = Map.of("beta_start", 0.00085, "beta_end", 0.012,
        "beta_schedule", "scaled_linear", "skip_prk_steps", true, "set_alpha_to_one", false, "steps_offset", 1);

    /** diffusers, scheduling_pndm.py: set_timesteps, step_plms and _get_prev_sample, bookkeeping and all, in float64. */
    private static double[] source(int steps, DoubleBinaryOperator model, double start) {
        double[] shares = ClosedFormRun.stableDiffusionShares();
        int ratio = 1000 / steps;
        List<Integer> timesteps = new ArrayList<>();
        for (int i = steps - 1; i >= 0; i--) {
            timesteps.add(i * ratio + 1);
        }
        timesteps.add(1, timesteps.get(1));
        Deque<Double> ets = new ArrayDeque<>();
        double[] after = new double[timesteps.size()];
        double sample = start;
        double first = start;
        for (int counter = 0; counter < after.length; counter++) {
            int from = timesteps.get(counter);
            double output = model.applyAsDouble(sample, from);
            int to = from - ratio;
            if (counter == 1) {
                to = from;
                from = from + ratio;
                output = (output + ets.getFirst()) / 2;
                sample = first;
            } else {
                ets.addFirst(output);
                Double[] e = ets.toArray(Double[]::new);
                output = switch (Math.min(e.length, 4)) {
                    case 1 -> e[0];
                    case 2 -> (3 * e[0] - e[1]) / 2;
                    case 3 -> (23 * e[0] - 16 * e[1] + 5 * e[2]) / 12;
                    default -> (55 * e[0] - 59 * e[1] + 37 * e[2] - 9 * e[3]) / 24;
                };
            }
            double a = shares[from];
            double b = to >= 0 ? shares[to] : shares[0];
            double divisor = a * Math.sqrt(1 - b) + Math.sqrt(a * (1 - a) * b);
            sample = Math.sqrt(b / a) * sample - (b - a) * output / divisor;
            after[counter] = sample;
        }
        return after;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 20, 50})
    void followsTheSourceThroughAWholeRun(int steps) {
        DoubleBinaryOperator model = (x, t) -> 0.7 * Math.tanh(x) + 0.3 * Math.sin(t / 90);
        // betas in float32 differ from those in float64 by 1e-7 of themselves, and add up over a thousand time steps
        ClosedFormRun.assertFollows(source(steps, model, 1.3), ClosedFormRun.of(schedule(STABLE_DIFFUSION, steps), model, 1.3), 2e-5);
    }

    /** A method of order 4 is stable for short steps alone: in 20 steps, five times as steep as the latents is too much. */
    @Test
    void growsAsTheSourceDoesWhereGuidanceIsSteepAndStepsAreLong() {
        DoubleBinaryOperator steep = (x, t) -> 5 * x;
        double[] expected = source(20, steep, 1);
        ClosedFormRun.assertFollows(expected, ClosedFormRun.of(schedule(STABLE_DIFFUSION, 20), steep, 1), 1e-4);
        assertTrue(DoubleStream.of(expected).map(Math::abs).max().orElseThrow() > 10_000);
        double[] shorter = ClosedFormRun.of(schedule(STABLE_DIFFUSION, 50), steep, 1);
        assertTrue(DoubleStream.of(shorter).map(Math::abs).max().orElseThrow() < 1);
    }

    @Test
    void refusesACallOutOfOrder() {
        try (var sampler = schedule(SKIPPING, 4).sampler(Floats.ops(), null)) {
            sampler.step(Floats.of(1), Floats.of(1), 0);
            assertEquals("step: found call 2; expected 1",
                assertThrows(IllegalStateException.class, () -> sampler.step(Floats.of(1), Floats.of(1), 2)).getMessage());
        }
    }

    @Test
    void refusesRungeKuttaSteps() {
        assertRefused("skip_prk_steps: found false; expected true", Map.of(), 4);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("skip_prk_steps", true, "num_train_timesteps", 10), 11);
    }

    @Test
    void refusesTimeStepsPastTheLast() {
        assertRefused("steps_offset: found time step 10 at step 0; expected 0 to 9",
            Map.of("skip_prk_steps", true, "num_train_timesteps", 10, "steps_offset", 1), 10);
    }
}
