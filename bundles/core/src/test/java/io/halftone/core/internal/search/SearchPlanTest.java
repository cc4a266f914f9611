package io.halftone.core.internal.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.QuantSettings;
import io.halftone.core.internal.PlannedOnly;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestModel;
import io.halftone.core.internal.TestPipeline;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.quant.Granularity;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchPlanTest {
    /** Linear layers; of queries the input alone, which no rule would choose. */
    private static final LevelPolicy POLICY = new LevelPolicy() {
        @Override
        public List<QuantLevel> levels() {
            return List.of(new QuantLevel("1"));
        }

        @Override
        public Set<Slot> slots(QuantLevel level, Layer layer) {
            if (!(layer instanceof Layer.Linear)) {
                return Set.of();
            }
            return layer.role() == Role.QKV ? Set.of(Slot.INPUT) : Set.of(Slot.INPUT, Slot.WEIGHT);
        }
    };
    private static final Plugins PLUGINS = TestPipeline.plugins(
        TestPipeline.family("format", Plugins.Plugin.of(new Format(DType.INT8, false), "int8"),
            Plugins.Plugin.of(new Format(DType.FLOAT8_E4M3, false), "fp8"), Plugins.Plugin.of(new Format(DType.INT8, true), "weights")),
        TestPipeline.family("algorithm", Plugins.Plugin.of(new PlannedOnly("alpha"), "smooth"), Plugins.Plugin.of(new PlannedOnly(), "max")),
        TestPipeline.family("policy", Plugins.Plugin.of(POLICY, "test")), TestPipeline.family("collector", Plugins.Plugin.of(null, "default")));

    @Test
    void plansEachFormatWithTheAlgorithmThatServesIt() {
        SearchPlan plan = plan(List.of("int8", "fp8", "int8"));
        assertEquals(List.of("attn1.to_q int8 smooth 0", "attn1.to_out.0 int8 smooth 0", "attn1.to_q fp8 max 1", "attn1.to_out.0 fp8 max 1"),
            plan.candidates().stream().map(c -> c.layer() + " " + c.planned().formatName() + " " + c.planned().algorithm() + " " + c.family()).toList());
        assertEquals(Set.of(0.5), Set.copyOf(plan.candidates().stream().map(Candidate::price).toList()));
    }

    @Test
    void plansWhatARecipesRulesWouldPlan() {
        plan(List.of()).candidates().forEach(c -> assertEquals(Set.of(Slot.INPUT, Slot.WEIGHT), c.planned().slots()));
    }

    @Test
    void aLayerWhoseFormatTheUserSaysIsPlannedOnce() {
        SearchPlan plan = plan(List.of("int8", "fp8"), new PlanRule("attn1.to_q", "", true, "fp8", "max", ""));
        assertEquals(List.of("attn1.to_q fp8", "attn1.to_out.0 int8", "attn1.to_out.0 fp8"),
            plan.candidates().stream().map(c -> c.layer() + " " + c.planned().formatName()).toList());
    }

    @Test
    void refusesAFormatThatMakesNothingCheaper() {
        assertEquals("formats: found weights, with which every layer computes in full precision; expected formats that make multiplications cheaper",
            assertThrows(IllegalArgumentException.class, () -> plan(List.of("int8", "weights"))).getMessage());
    }

    @Test
    void refusesAnOptionThatNoAlgorithmOfAnyFormatHonours() {
        assertEquals("rank: found an option that algorithm max, smooth does not honour; expected one of [alpha]",
            assertThrows(IllegalArgumentException.class, () -> SearchPlan.of(PLUGINS, settings(Map.of("rank", "8")), List.of("int8", "fp8"),
                TestModel.LAYERS)).getMessage());
    }

    private static SearchPlan plan(List<String> formats, PlanRule... rules) {
        return SearchPlan.of(PLUGINS, settings(Map.of("alpha", "0.5"), rules), formats, TestModel.LAYERS);
    }

    private static QuantSettings settings(Map<String, String> options, PlanRule... rules) {
        return new QuantSettings("int8", new QuantLevel("1"), "test", "smooth", options, "default", 1, List.of(rules));
    }

    private record Format(DType type, boolean weightsAlone) implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.of(weightsAlone && slot != Slot.WEIGHT ? Granularity.NONE : Granularity.PER_TENSOR);
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            T scale = ops.constant(range.max(), ops.dtype(x));
            return ops.dequantize(ops.quantize(x, type, scale, 0), scale, 0);
        }
    }
}
