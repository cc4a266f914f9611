package io.halftone.scheduler.dpm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.pipeline.Schedule;
import io.halftone.testkit.ClosedFormRun;
import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DpmSchedulerTest extends SchedulerContract {
    DpmSchedulerTest() {
        // exponentials and logarithms in float32, which libraries round differently, and differences of these
        super(new DpmScheduler(), "/dpm-cases.json", 1e-5);
    }

    /**
     * DPM-Solver++(2M), the paper's algorithm 2 with the midpoint's D1, in float64.
     *
     * @param sigmas before each step, and the last one
     * @param times  for the model
     * @param lower  the steps that are of order 1, the first one apart
     */
    private static double[] paper(double[] sigmas, double[] times, Set<Integer> lower, DoubleBinaryOperator model, double start) {
        double[] after = new double[times.length];
        double x = start;
        double before = 0;
        for (int i = 0; i < times.length; i++) {
            double alpha = 1 / Math.sqrt(sigmas[i] * sigmas[i] + 1);
            double next = 1 / Math.sqrt(sigmas[i + 1] * sigmas[i + 1] + 1);
            // lambda is -log(sigma), as both parts of sigma have alpha in them
            double h = Math.log(sigmas[i] / sigmas[i + 1]);
            double denoised = (x - sigmas[i] * alpha * model.applyAsDouble(x, times[i])) / alpha;
            boolean first = i == 0 || lower.contains(i);
            double r = first ? 1 : Math.log(sigmas[i - 1] / sigmas[i]) / h;
            double extrapolated = first ? denoised : denoised + (denoised - before) / (2 * r);
            x = sigmas[i + 1] * next / (sigmas[i] * alpha) * x - next * (Math.exp(-h) - 1) * extrapolated;
            before = denoised;
            after[i] = x;
        }
        return after;
    }

    @ParameterizedTest(name = "{0} steps to {1}, Karras {2}, of lower order at the end {3}")
    @CsvSource({"20, zero, false, true", "20, zero, true, true", "20, sigma_min, true, true", "10, sigma_min, false, true",
        "10, sigma_min, false, false", "10, zero, true, false", "14, sigma_min, true, true", "15, sigma_min, true, true"})
    void followsThePaperThroughAWholeRun(int steps, String end, boolean karras, boolean lowerAtTheEnd) {
        Map<String, Object> config = Map.of("beta_start", 0.00085, "beta_end", 0.012, "beta_schedule", "scaled_linear",
            "timestep_spacing", "leading", "steps_offset", 1, "use_karras_sigmas", karras, "final_sigmas_type", end,
            "lower_order_final", lowerAtTheEnd);
        double[] table = DoubleStream.of(ClosedFormRun.stableDiffusionShares()).map(a -> Math.sqrt((1 - a) / a)).toArray();
        double[] sigmas = new double[steps + 1];
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            if (karras) {
                double from = Math.pow(table[999], 1 / 7.0);
                double to = Math.pow(table[0], 1 / 7.0);
                sigmas[i] = Math.pow(from + i / (steps - 1.0) * (to - from), 7);
                times[i] = nearest(table, sigmas[i]);
            } else {
                times[i] = (steps - i) * (1000 / (steps + 1)) + 1;
                sigmas[i] = table[(int) times[i]];
            }
        }
        sigmas[steps] = end.equals("zero") ? 0 : table[0];
        // the last step is of order 1 at any length where no noise is left, and in a run of fewer than 15 steps
        boolean first = end.equals("zero") || lowerAtTheEnd && steps < 15;
        Schedule schedule = schedule(config, steps);
        for (int i = 0; i < steps; i++) {
            assertEquals(times[i], schedule.timestep(i), "time step " + i);
        }
        DoubleBinaryOperator model = (x, t) -> 0.7 * Math.tanh(x) + 0.3 * Math.sin(t / 90);
        double[] expected = paper(sigmas, times, first ? Set.of(steps - 1) : Set.of(), model, 1.3);
        // lambdas are float32, and steps of them differences, of which the last ones of Karras are quotients
        ClosedFormRun.assertFollows(expected, ClosedFormRun.of(schedule, model, 1.3), 5e-5);
    }

    /** The time step whose level is linearly nearest in the logarithm, rounded half to even. */
    private static double nearest(double[] table, double sigma) {
        int below = 0;
        while (below < table.length - 2 && table[below + 1] <= sigma) {
            below++;
        }
        double share = Math.log(sigma / table[below]) / Math.log(table[below + 1] / table[below]);
        return Math.rint(below + Math.min(1, Math.max(0, share)));
    }

    @Test
    void refusesACallOutOfOrder() {
        try (var sampler = schedule(Map.of(), 4).sampler(Floats.ops(), null)) {
            assertEquals("step: found call 1; expected 0",
                assertThrows(IllegalStateException.class, () -> sampler.step(Floats.of(1), Floats.of(1), 1)).getMessage());
        }
    }

    @Test
    void refusesAStochasticSolver() {
        assertRefused("algorithm_type: found sde-dpmsolver++; expected one of [dpmsolver++, deis]",
            Map.of("algorithm_type", "sde-dpmsolver++"), 4);
    }

    @Test
    void refusesOrderFour() {
        assertRefused("solver_order: found 4; expected 1 to 3", Map.of("solver_order", 4), 4);
    }

    @Test
    void refusesALearnedVariance() {
        assertRefused("variance_type: found learned_range; expected no value", Map.of("variance_type", "learned_range"), 4);
    }

    @Test
    void refusesDynamicShifting() {
        assertRefused("use_dynamic_shifting: found true; expected one of [false]", Map.of("use_dynamic_shifting", true), 4);
    }

    @Test
    void refusesTwoSpacingsOfNoiseLevels() {
        assertRefused("use_lu_lambdas: found true beside use_flow_sigmas false and KARRAS sigmas; expected one of them",
            Map.of("use_lu_lambdas", true, "use_karras_sigmas", true), 4);
    }

    @Test
    void refusesMoreLeadingStepsThanThereArePartsBelowTheLast() {
        assertRefused("steps: found 10 of 10 time steps; expected at most 9",
            Map.of("num_train_timesteps", 10, "timestep_spacing", "leading"), 10);
    }

    @Test
    void refusesTrailingTimeStepsThatAreClipped() {
        assertRefused("lambda_min_clipped: found 6 time steps below beside trailing time steps; expected none",
            Map.of("lambda_min_clipped", -5, "timestep_spacing", "trailing"), 4);
    }
}
