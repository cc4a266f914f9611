package io.halftone.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PlanResult.PlannedLayer;
import io.halftone.ops.Role;
import io.halftone.quant.QuantLevel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanResultTest {
    @Test
    void countsLayersByKind() {
        PlanResult plan = new PlanResult("UNet", "int8", new QuantLevel("2"), "standard", List.of(
            new PlannedLayer("conv_in", Kind.CONV, Role.INPUT, false, "[4, 2, 3, 3]", "", "", "", 8),
            new PlannedLayer("conv1", Kind.CONV, Role.CONVOLUTION, true, "[4, 4, 3, 3]", "int8", "max", "default", 8),
            new PlannedLayer("ff", Kind.LINEAR, Role.FEED_FORWARD, true, "[4, 4]", "int8", "max", "default", 8),
            new PlannedLayer("ff2", Kind.LINEAR, Role.FEED_FORWARD, true, "[4, 4]", "int8", "max", "default", 8),
            new PlannedLayer("attn1", Kind.ATTENTION, Role.ATTENTION, false, "2 x 4", "", "", "", 0)), Set.of());
        assertEquals(List.of(1, 2, 0), List.of(plan.quantized(Kind.CONV), plan.quantized(Kind.LINEAR), plan.quantized(Kind.ATTENTION)));
        assertEquals(List.of(2, 2, 1), List.of(plan.total(Kind.CONV), plan.total(Kind.LINEAR), plan.total(Kind.ATTENTION)));
        assertEquals(0.75, plan.share(), 0);
    }
}
