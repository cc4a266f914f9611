package io.halftone.core.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.PlanResult;
import io.halftone.core.internal.TestModel;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.quant.CalibrationRun.Planned;
import io.halftone.quant.Granularity;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
    /** 0: nothing; 1: convolutions; 2: linear layers too; 3: attentions too; 4: outputs too. */
    private static final LevelPolicy POLICY = new LevelPolicy() {
        @Override
        public List<QuantLevel> levels() {
            return List.of(level("0"), level("1"), level("2"), level("3"), level("4"));
        }

        @Override
        public Set<Slot> slots(QuantLevel level, Layer layer) {
            int n = Integer.parseInt(level.name());
            if (layer instanceof Layer.Attention) {
                return n >= 3 ? Set.of(Slot.QUERY) : Set.of();
            }
            if (n >= 4) {
                return Set.of(Slot.OUTPUT);
            }
            return n >= (layer instanceof Layer.Conv ? 1 : 2) ? Set.of(Slot.INPUT, Slot.WEIGHT) : Set.of();
        }
    };
    private static final QuantFormat FORMAT = new QuantFormat() {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return slot == Slot.INPUT || slot == Slot.WEIGHT ? Optional.of(Granularity.PER_TENSOR) : Optional.empty();
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return x;
        }
    };

    @Test
    void plansTheLayersOfTheLevelInTheModelsOrder() {
        Set<Slot> slots = Set.of(Slot.INPUT, Slot.WEIGHT);
        assertEquals(List.of(new Planned(TestModel.CONV_IN, slots, "int8", FORMAT), new Planned(TestModel.CONV_OUT, slots, "int8", FORMAT)),
            planner("1").plan(TestModel.LAYERS));
        assertEquals(List.of("conv_in", "attn1.to_q", "attn1.to_out.0", "conv_out"),
            planner("2").plan(TestModel.LAYERS).stream().map(p -> p.layer().name()).toList());
    }

    @Test
    void describesEveryLayer() {
        PlanResult result = planner("1").describe("TestUNet", TestModel.LAYERS);
        assertEquals(new PlanResult("TestUNet", "int8", level("1"), "test", List.of(
            new PlanResult.PlannedLayer("conv_in", PlanResult.Kind.CONV, Role.INPUT, true, "[4, 2, 3, 3]"),
            new PlanResult.PlannedLayer("attn1.to_q", PlanResult.Kind.LINEAR, Role.QKV, false, "[4, 4]"),
            new PlanResult.PlannedLayer("attn1", PlanResult.Kind.ATTENTION, Role.ATTENTION, false, "2 x 2"),
            new PlanResult.PlannedLayer("attn1.to_out.0", PlanResult.Kind.LINEAR, Role.ATTENTION_OUTPUT, false, "[4, 4]"),
            new PlanResult.PlannedLayer("conv_out", PlanResult.Kind.CONV, Role.OUTPUT, true, "[2, 4, 3, 3]"))), result);
    }

    @Test
    void refusesALevelThatThePolicyHasNot() {
        var e = assertThrows(IllegalArgumentException.class, () -> planner("2.5"));
        assertEquals("quant level: found 2.5; expected one of [0, 1, 2, 3, 4] of policy test", e.getMessage());
    }

    @Test
    void takesALevelHoweverItIsWritten() {
        assertEquals(2, planner("1.0").plan(TestModel.LAYERS).size());
    }

    @Test
    void refusesALevelThatTheFormatCannotServe() {
        assertEquals("quant level 3: found format int8, which does not offer attention; expected a lower level, or a format that does",
            assertThrows(IllegalArgumentException.class, () -> planner("3").plan(TestModel.LAYERS)).getMessage());
        assertEquals("quant level 4: found format int8, which does not offer slot output_quantizer of conv_in; "
                + "expected a lower level, or a format that does",
            assertThrows(IllegalArgumentException.class, () -> planner("4").describe("TestUNet", TestModel.LAYERS)).getMessage());
    }

    @Test
    void refusesALevelThatChoosesNothing() {
        var e = assertThrows(IllegalArgumentException.class, () -> planner("0").plan(TestModel.LAYERS));
        assertEquals("quant level 0: found no layer that policy test quantizes in this model; expected at least one: choose a higher level",
            e.getMessage());
    }

    private static Planner planner(String level) {
        return new Planner("test", POLICY, level(level), "int8", FORMAT);
    }

    private static QuantLevel level(String name) {
        return new QuantLevel(name);
    }
}
