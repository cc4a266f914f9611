package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.pipeline.Schedule;
import java.util.function.DoubleBinaryOperator;

/** Whole runs of a scheduler with a formula in place of a backbone, to hold against the method written down a second time. */
public final class ClosedFormRun {
    private static final double BETA_START = 0.00085;
    private static final double BETA_END = 0.012;
    private static final int TRAINED = 1000;

    private ClosedFormRun() {}

    /**
     * The latents after each call.
     *
     * @param model of the scaled latents and the time step
     * @param start the latents before the first call
     * @param noise what is drawn, draw by draw
     */
    public static double[] of(Schedule schedule, DoubleBinaryOperator model, double start, double... noise) {
        double[] after = new double[schedule.calls()];
        int[] draws = {0};
        try (var sampler = schedule.sampler(Floats.ops(), shape -> Floats.of((float) noise[draws[0]++]))) {
            Floats latents = Floats.of((float) start);
            for (int call = 0; call < after.length; call++) {
                double input = sampler.scaleInput(latents, call).values()[0];
                Floats output = Floats.of((float) model.applyAsDouble(input, schedule.timestep(call)));
                latents = sampler.step(output, latents, call);
                after[call] = latents.values()[0];
            }
        }
        return after;
    }

    /** The share of the signal at each of the 1000 time steps that Stable Diffusion was trained on, in float64. */
    public static double[] stableDiffusionShares() {
        double[] shares = new double[TRAINED];
        double product = 1;
        for (int t = 0; t < TRAINED; t++) {
            double root = Math.sqrt(BETA_START) + (Math.sqrt(BETA_END) - Math.sqrt(BETA_START)) * t / (TRAINED - 1);
            product *= 1 - root * root;
            shares[t] = product;
        }
        return shares;
    }

    /** Asserts that two runs agree, relative to the largest magnitude up to each call, or to 1 where that is less. */
    public static void assertFollows(double[] expected, double[] found, double tolerance) {
        assertEquals(expected.length, found.length, "calls");
        double largest = 1;
        for (int call = 0; call < expected.length; call++) {
            largest = Math.max(largest, Math.abs(expected[call]));
            assertEquals(expected[call], found[call], tolerance * largest, "after call " + call);
        }
    }
}
