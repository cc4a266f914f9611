package io.halftone.core.internal.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.PlanResult;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.PlannedOnly;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestModel;
import io.halftone.core.internal.TestPipeline;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.quant.Collector;
import io.halftone.quant.Granularity;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.Observation;
import io.halftone.quant.PlanRule;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
    /** 0.5: nothing; 1: convolutions; 2: linear layers too; 3: attentions too; 4: outputs too. */
    private static final LevelPolicy POLICY = new LevelPolicy() {
        @Override
        public List<QuantLevel> levels() {
            return List.of(level("0.5"), level("1"), level("2"), level("3"), level("4"));
        }

        @Override
        public Set<Slot> slots(QuantLevel level, Layer layer) {
            double n = Double.parseDouble(level.name());
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

    private static final QuantFormat WEIGHTS = new QuantFormat() {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(slot == Slot.WEIGHT ? Granularity.PER_TENSOR : Granularity.NONE);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return x;
        }
    };
    private static final Plugins PLUGINS = TestPipeline.plugins(TestPipeline.family("format", Plugins.Plugin.of(FORMAT, "int8", "int4"),
        Plugins.Plugin.of(WEIGHTS, "weights")), TestPipeline.family("algorithm", Plugins.Plugin.of(new PlannedOnly(), "max", "other")),
        TestPipeline.family("policy", Plugins.Plugin.of(POLICY, "test")), TestPipeline.family("collector", Plugins.Plugin.of(null, "default", "min")));

    @Test
    void plansTheLayersOfTheLevelInTheModelsOrder() {
        Set<Slot> slots = Set.of(Slot.INPUT, Slot.WEIGHT);
        assertEquals(List.of(planned(TestModel.CONV_IN, slots), planned(TestModel.CONV_OUT, slots)),
            planner("1").plan(TestModel.LAYERS));
        assertEquals(List.of("conv_in", "attn1.to_q", "attn1.to_out.0", "conv_out"),
            planner("2").plan(TestModel.LAYERS).stream().map(p -> p.layer().name()).toList());
    }

    @Test
    void describesEveryLayer() {
        PlanResult result = planner("1").describe("TestUNet", TestModel.LAYERS);
        assertEquals(new PlanResult("TestUNet", "int8", level("1"), "test", List.of(
            new PlanResult.PlannedLayer("conv_in", PlanResult.Kind.CONV, Role.INPUT, true, "[4, 2, 3, 3]", "int8", "max", "default", 72),
            new PlanResult.PlannedLayer("attn1.to_q", PlanResult.Kind.LINEAR, Role.QKV, false, "[4, 4]", "", "", "", 16),
            new PlanResult.PlannedLayer("attn1", PlanResult.Kind.ATTENTION, Role.ATTENTION, false, "2 x 2", "", "", "", 0),
            new PlanResult.PlannedLayer("attn1.to_out.0", PlanResult.Kind.LINEAR, Role.ATTENTION_OUTPUT, false, "[4, 4]", "", "", "", 16),
            new PlanResult.PlannedLayer("conv_out", PlanResult.Kind.CONV, Role.OUTPUT, true, "[2, 4, 3, 3]", "int8", "max", "default", 72)),
            Set.of("calibration", "collector")), result);
    }

    @Test
    void refusesALevelThatThePolicyHasNot() {
        var e = assertThrows(IllegalArgumentException.class, () -> planner("2.5"));
        assertEquals("quant level: found 2.5; expected one of [0.5, 1, 2, 3, 4] of policy test", e.getMessage());
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
        var e = assertThrows(IllegalArgumentException.class, () -> planner("0.5").plan(TestModel.LAYERS));
        assertEquals("quant level 0.5: found no layer that policy test quantizes to int8 in this model; expected at least one: choose a higher level",
            e.getMessage());
    }

    @Test
    void theLastRuleThatSpeaksOfALayerCounts() {
        var plan = planner("2", new PlanRule("attn1.*", "", true, "int4", "", ""), new PlanRule("", "qkv", false, "", "", ""),
            new PlanRule("conv_out", "", true, "", "other", "min")).plan(TestModel.LAYERS);
        assertEquals(List.of("conv_in int8 max default", "attn1.to_out.0 int4 max default", "conv_out int8 other min"),
            plan.stream().map(p -> p.layer().name() + " " + p.formatName() + " " + p.algorithm() + " " + p.collector()).toList());
    }

    @Test
    void rulesAloneChooseWhereThereIsNoLevel() {
        assertEquals(List.of("attn1.to_q"), planner("0", new PlanRule("", "qkv", true, "", "", "")).plan(TestModel.LAYERS).stream()
            .map(p -> p.layer().name()).toList());
        assertEquals("quant level: found none, and no rules; expected a level of [0.5, 1, 2, 3, 4], or rules",
            assertThrows(IllegalArgumentException.class, () -> planner("0")).getMessage());
    }

    @Test
    void refusesARuleWithoutEffect() {
        assertEquals("rule 2, mid.*: found no layer of this model that it decides; expected at least one: a rule without effect is a mistake",
            assertThrows(IllegalArgumentException.class, () -> planner("1", new PlanRule("conv*", "", true, "", "", ""),
                new PlanRule("mid.*", "", false, "", "", "")).plan(TestModel.LAYERS)).getMessage());
    }

    @Test
    void refusesARuleThatALaterOneOverridesWholly() {
        assertEquals("rule 1, role qkv: found no layer of this model that it decides; expected at least one: a rule without effect is a mistake",
            assertThrows(IllegalArgumentException.class, () -> planner("1", new PlanRule("", "qkv", true, "", "", ""),
                new PlanRule("attn1.*", "", true, "", "", "")).plan(TestModel.LAYERS)).getMessage());
    }

    @Test
    void saysWhichRuleAsksForWhatAFormatHasNot() {
        assertEquals("rule 1, role attention: found format int8, which does not offer attention; expected a rule that leaves it out, or a format that does",
            assertThrows(IllegalArgumentException.class, () -> planner("1", new PlanRule("", "attention", true, "", "", "")).plan(TestModel.LAYERS))
                .getMessage());
    }

    @Test
    void leavesWhatAFormatLeavesByDesign() {
        var plan = planner("2", new PlanRule("attn1.to_q", "", true, "weights", "", "")).plan(TestModel.LAYERS);
        assertEquals(Set.of(Slot.WEIGHT), plan.get(1).slots());
    }

    @Test
    void refusesOptionsThatNoPlannedAlgorithmHas() {
        Planner planner = new Planner(new QuantSettings("int8", level("1"), "test", "max", Map.of("alpha", "1"), "default", 1, List.of()), PLUGINS);
        assertEquals("alpha: found an option that algorithm max does not honour; expected none",
            assertThrows(IllegalArgumentException.class, () -> planner.checkOptions(planner.plan(TestModel.LAYERS))).getMessage());
    }

    @Test
    void tellsWhatOfTheSettingsChangesNothing() {
        assertEquals(Set.of("share"), idle("1", "default", 1, true));
        assertEquals(Set.of("collector", "share"), idle("1", "min", 1, true));
        assertEquals(Set.of(), idle("2", "default", 0.5, true));
        assertEquals(Set.of("percentile"), idle("2", "default", 0.5, false));
        assertEquals(Set.of(), idle("2", "default", 1, false));
    }

    /** With an algorithm that has options for linear layers, and looks at all inputs with the collector {@code default}. */
    private static Set<String> idle(String level, String collector, double percentile, boolean usesPercentile) {
        Collector collectors = (Collector) Proxy.newProxyInstance(Collector.class.getClassLoader(), new Class<?>[] {Collector.class},
            (proxy, method, arguments) -> method.getName().equals("usesPercentile") ? usesPercentile : null);
        Plugins plugins = TestPipeline.plugins(TestPipeline.family("format", Plugins.Plugin.of(FORMAT, "int8")), TestPipeline.family("algorithm",
            Plugins.Plugin.of(new Sharing(), "sharing")), TestPipeline.family("policy", Plugins.Plugin.of(POLICY, "test")),
            TestPipeline.family("collector", Plugins.Plugin.of(collectors, "default", "min")));
        Planner planner = new Planner(new QuantSettings("int8", level(level), "test", "sharing", Map.of("share", "1"), collector, percentile,
            List.of()), plugins);
        return planner.idle(planner.plan(TestModel.LAYERS));
    }

    @Test
    void refusesAFractionOfStepsWhereNoneIsObserved() {
        Planner planner = new Planner(new QuantSettings("int8", level("1"), "test", "max", Map.of(), "default", 0.5, List.of()), PLUGINS);
        assertEquals("percentile: found 0.5 where weights alone are quantized and no step is observed; expected none",
            assertThrows(IllegalArgumentException.class, () -> planner.checkOptions(planner.plan(TestModel.LAYERS))).getMessage());
    }

    private static Planned planned(Layer layer, Set<Slot> slots) {
        return new Planned(layer, slots, "int8", FORMAT, "max", "default");
    }

    private static Planner planner(String level, PlanRule... rules) {
        return new Planner(new QuantSettings("int8", level(level), "test", "max", Map.of(), "default", 1, List.of(rules)), PLUGINS);
    }

    private static QuantLevel level(String name) {
        return new QuantLevel(name);
    }

    private static final class Sharing extends PlannedOnly {
        private Sharing() {
            super("share");
        }

        @Override
        public Set<String> options(Planned layer) {
            return layer.layer() instanceof Layer.Linear ? options() : Set.of();
        }

        @Override
        public Map<Slot, Observation> observations(Planned layer) {
            return Map.of(Slot.INPUT, Observation.perTensor("default"));
        }
    }
}
