package io.halftone.scheduler.ancestral.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Shape;
import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AncestralSchedulerTest extends SchedulerContract {
    AncestralSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new AncestralScheduler(), "/ancestral-cases.json", 2e-6);
    }

    @Test
    void drawsNoiseOfTheLatentsShapeAtEveryCall() {
        List<Shape> drawn = new ArrayList<>();
        try (var sampler = schedule(Map.of(), 3, 0).sampler(Floats.ops(), shape -> {
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
