package io.halftone.scheduler.ancestral.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Shape;
import io.halftone.testkit.ClosedFormRun;
import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AncestralSchedulerTest extends SchedulerContract {
    AncestralSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new AncestralScheduler(), "/ancestral-cases.json", 2e-6);
    }

    /** SDXL Turbo's own configuration: time steps 999, 749, 499 and 249 in four steps, 999 alone in one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10})
    void followsTheFormulaThroughAWholeRunOfSdxlTurbo(int steps) {
        Map<String, Object> config = Map.of("beta_start", 0.00085, "beta_end", 0.012, "beta_schedule", "scaled_linear",
            "timestep_spacing", "trailing", "prediction_type", "epsilon", "steps_offset", 1);
        DoubleBinaryOperator model = (x, t) -> 0.7 * Math.tanh(x) + 0.3 * Math.sin(t / 90);
        double[] noise = new Random(5).doubles(steps, -2, 2).toArray();
        double[] shares = ClosedFormRun.stableDiffusionShares();
        double[] expected = new double[steps];
        double x = 1.3 * sigma(shares[999]);
        for (int i = 0; i < steps; i++) {
            int t = 1000 - i * 1000 / steps - 1;
            double from = sigma(shares[t]);
            double to = i == steps - 1 ? 0 : sigma(shares[1000 - (i + 1) * 1000 / steps - 1]);
            double up = to * Math.sqrt(from * from - to * to) / from;
            double down = Math.sqrt(to * to - up * up);
            double denoised = x - from * model.applyAsDouble(x / Math.sqrt(from * from + 1), t);
            x = x + (x - denoised) / from * (down - from) + up * noise[i];
            expected[i] = x;
        }
        var schedule = schedule(config, steps);
        assertEquals(sigma(shares[999]), schedule.initialNoiseScale(), 1e-4);
        // betas in float32 differ from those in float64 by 1e-7 of themselves, and add up over a thousand time steps
        ClosedFormRun.assertFollows(expected, ClosedFormRun.of(schedule, model, 1.3 * schedule.initialNoiseScale(), noise), 2e-5);
    }

    private static double sigma(double share) {
        return Math.sqrt((1 - share) / share);
    }

    @Test
    void drawsNoiseOfTheLatentsShapeAtEveryCall() {
        List<Shape> drawn = new ArrayList<>();
        try (var sampler = schedule(Map.of(), 3).sampler(Floats.ops(), shape -> {
            drawn.add(shape);
            return Floats.of(0, 0);
        })) {
            for (int call = 0; call < 3; call++) {
                sampler.step(Floats.of(1, 2), Floats.of(1, 2), call);
            }
        }
        assertEquals(Collections.nCopies(3, Shape.of(2)), drawn);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("num_train_timesteps", 10), 11);
    }

    @Test
    void refusesToPredictSamples() {
        assertRefused("prediction_type: found sample; expected one of [epsilon, v_prediction]", Map.of("prediction_type", "sample"), 4);
    }

    @Test
    void refusesAnotherSpacingOfNoiseLevels() {
        assertRefused("use_karras_sigmas: found true; expected one of [false]", Map.of("use_karras_sigmas", true), 4);
    }
}
