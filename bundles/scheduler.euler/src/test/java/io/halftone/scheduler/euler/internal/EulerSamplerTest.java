package io.halftone.scheduler.euler.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.testkit.Floats;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EulerSamplerTest {
    private static final float GUIDANCE = 5;

    /** Two steps over a table of two noise levels, 3 and 1: 1 - beta is 0.5, then 0.2. */
    private static Schedule.Sampler<Floats> sampler(String prediction) {
        Schedule schedule = new EulerScheduler().schedule(ModelConfig.of("scheduler_config.json", Map.of(
            "num_train_timesteps", 2, "beta_start", 0.5, "beta_end", 0.8, "prediction_type", prediction)), new Scheduler.Run(2, 0, false));
        assertArrayEquals(new double[] {3, 1, 0}, schedule.sigmas(), 1e-6);
        return schedule.sampler(Floats.ops(), null);
    }

    private static Floats float32(float... values) {
        return new Floats(DType.FLOAT32, values);
    }

    @Test
    void scalesTheInputToUnitVariance() {
        Floats scaled = sampler("epsilon").scaleInput(float32(10, -5), 0);
        assertArrayEquals(new float[] {10 / (float) Math.sqrt(10), -5 / (float) Math.sqrt(10)}, scaled.values(), 1e-6f);
    }

    @Test
    void scalesTheInputInItsOwnType() {
        assertEquals(DType.FLOAT16, sampler("epsilon").scaleInput(new Floats(DType.FLOAT16, 1, 2), 0).dtype());
    }

    @Test
    void movesAlongPredictedNoise() {
        // derivative is the prediction; the level falls from 3 to 1
        Floats latents = sampler("epsilon").step(float32(0.5f, -2), float32(10, -5), 0);
        assertArrayEquals(new float[] {10 - 2 * 0.5f, -5 + 2 * 2}, latents.values(), 1e-5f);
    }

    @Test
    void endsAtThePredictedSample() {
        assertArrayEquals(new float[] {0.5f, -2}, sampler("sample").step(float32(0.5f, -2), float32(10, -5), 1).values(), 1e-5f);
    }

    @Test
    void movesAlongPredictedVelocity() {
        // denoised = -3 v / sqrt(10) + x / 10; derivative = (x - denoised) / 3
        double denoised = -3 * 0.5 / Math.sqrt(10) + 10 / 10.0;
        double expected = 10 - 2 * (10 - denoised) / 3;
        assertArrayEquals(new float[] {(float) expected}, sampler("v_prediction").step(float32(0.5f), float32(10), 0).values(), 1e-5f);
    }

    @Test
    void stepsInFloat32WhateverItIsGiven() {
        Floats latents = sampler("epsilon").step(new Floats(DType.BFLOAT16, 0.5f), new Floats(DType.FLOAT16, 10), 0);
        assertEquals(DType.FLOAT32, latents.dtype());
    }

    @Test
    void refusesACallPastTheLast() {
        var sampler = sampler("epsilon");
        assertThrows(IndexOutOfBoundsException.class, () -> sampler.step(float32(1), float32(1), 2));
    }

    @Test
    void repeatsTheGoldenSteps() throws IOException {
        Golden golden = new Golden();
        Schedule schedule = new EulerScheduler().schedule(Golden.config(), new Scheduler.Run(20, 0, false));
        float[] latents = golden.floats("initial_noise");
        for (int i = 0; i < latents.length; i++) {
            latents[i] *= (float) schedule.initialNoiseScale();
        }
        try (Schedule.Sampler<Floats> sampler = schedule.sampler(Floats.ops(), null)) {
            for (int call = 0; call < 2; call++) {
                Floats scaled = sampler.scaleInput(float32(latents), call);
                float[] input = golden.floats("step" + call + ".in.sample");   // twice, for guidance
                for (int i = 0; i < input.length; i++) {
                    assertEquals(input[i], scaled.values()[i % latents.length], "input " + i + " of call " + call);
                }
                latents = sampler.step(float32(guided(golden.floats("step" + call + ".out"))), float32(latents), call).values();
                assertArrayEquals(golden.floats("step" + call + ".latents_after"), latents, "latents after call " + call);
            }
        }
    }

    private static float[] guided(float[] output) {
        float[] guided = new float[output.length / 2];
        for (int i = 0; i < guided.length; i++) {
            guided[i] = output[i] + GUIDANCE * (output[i + guided.length] - output[i]);
        }
        return guided;
    }
}
