package io.halftone.scheduler.ddim.internal;

import io.halftone.testkit.ClosedFormRun;
import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DdimSchedulerTest extends SchedulerContract {
    DdimSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new DdimScheduler(), "/ddim-cases.json", 2e-6);
    }

    /** The paper's equation 12 without noise, in float64: the signal predicted, and the same noise put back on it. */
    private static double[] paper(int steps, boolean velocity, DoubleBinaryOperator model, double start) {
        double[] shares = ClosedFormRun.stableDiffusionShares();
        int ratio = 1000 / steps;
        double[] after = new double[steps];
        double x = start;
        for (int i = 0; i < steps; i++) {
            int t = (steps - 1 - i) * ratio + 1;
            double a = Math.sqrt(shares[t]);
            double b = Math.sqrt(1 - shares[t]);
            double to = t - ratio >= 0 ? shares[t - ratio] : shares[0];
            double out = model.applyAsDouble(x, t);
            double signal = velocity ? a * x - b * out : (x - b * out) / a;
            double noise = velocity ? a * out + b * x : out;
            x = Math.sqrt(to) * signal + Math.sqrt(1 - to) * noise;
            after[i] = x;
        }
        return after;
    }

    @ParameterizedTest(name = "{1} in {0} steps")
    @CsvSource({"4, epsilon", "20, epsilon", "50, v_prediction", "7, v_prediction"})
    void followsThePaperThroughAWholeRun(int steps, String prediction) {
        DoubleBinaryOperator model = (x, t) -> 0.7 * Math.tanh(x) + 0.3 * Math.sin(t / 90);
        Map<String, Object> config = Map.of("beta_start", 0.00085, "beta_end", 0.012, "beta_schedule", "scaled_linear",
            "clip_sample", false, "set_alpha_to_one", false, "steps_offset", 1, "prediction_type", prediction);
        // betas in float32 differ from those in float64 by 1e-7 of themselves, and add up over a thousand time steps
        ClosedFormRun.assertFollows(paper(steps, prediction.startsWith("v"), model, 1.3),
            ClosedFormRun.of(schedule(config, steps), model, 1.3), 2e-5);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("num_train_timesteps", 10), 11);
    }

    @Test
    void refusesTimeStepsPastTheLast() {
        assertRefused("steps_offset: found time step 10 at step 0; expected 0 to 9", Map.of("num_train_timesteps", 10, "steps_offset", 1), 10);
    }

    @Test
    void refusesToDivideBySignalThatIsNotThere() {
        assertRefused("betas: found 0.0 of the signal left at time step 999; expected a share between 0 and 1, above 0 for epsilon",
            Map.of("rescale_betas_zero_snr", true, "timestep_spacing", "trailing"), 4);
    }

    @Test
    void refusesAClippingRangeOfNothing() {
        assertRefused("clip_sample_range: found 0.0; expected above 0", Map.of("clip_sample_range", 0), 4);
    }

    @Test
    void refusesThresholding() {
        assertRefused("thresholding: found true; expected one of [false]", Map.of("thresholding", true), 4);
    }

    @Test
    void refusesAFlow() {
        assertRefused("prediction_type: found flow_prediction; expected one of [epsilon, v_prediction, sample]",
            Map.of("prediction_type", "flow_prediction"), 4);
    }
}
