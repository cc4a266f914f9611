package io.halftone.scheduler.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import io.halftone.testkit.Floats;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictionTest {
    private static float[] denoised(Prediction prediction) {
        return prediction.denoised(Floats.ops(), Floats.of(0.5f, -2), Floats.of(10, -5), 3).values();
    }

    @Test
    void takesTheNoiseAway() {
        assertArrayEquals(new float[] {8.5f, 1}, denoised(Prediction.EPSILON));
    }

    @Test
    void combinesVelocityAndLatents() {
        double root = Math.sqrt(10);
        assertArrayEquals(new float[] {(float) (1 - 1.5 / root), (float) (-0.5 + 6 / root)}, denoised(Prediction.V_PREDICTION), 1e-6f);
    }

    @Test
    void takesTheSampleAsItIs() {
        assertArrayEquals(new float[] {0.5f, -2}, denoised(Prediction.SAMPLE));
    }

    @Test
    void goesBackAlongTheFlow() {
        assertArrayEquals(new float[] {8.5f, 1}, denoised(Prediction.FLOW_PREDICTION));
    }

    @Test
    void isNoiseWhereNothingIsSaid() {
        assertEquals(Prediction.EPSILON, Prediction.read(ModelConfig.of("scheduler_config.json", Map.of()), Prediction.values()));
    }

    @Test
    void refusesWhatASchedulerHasNot() {
        var config = ModelConfig.of("scheduler_config.json", Map.of("prediction_type", "flow_prediction"));
        var refused = assertThrows(IllegalArgumentException.class,
            () -> Prediction.read(config, Prediction.EPSILON, Prediction.V_PREDICTION));
        assertEquals("scheduler_config.json: prediction_type: found flow_prediction; expected one of [epsilon, v_prediction]", refused.getMessage());
    }
}
