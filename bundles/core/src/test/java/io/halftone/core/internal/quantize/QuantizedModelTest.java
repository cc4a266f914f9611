package io.halftone.core.internal.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.core.internal.MemoryParameters;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestModel;
import io.halftone.core.internal.TestPipeline;
import io.halftone.core.internal.plan.Scan;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.Algorithm;
import io.halftone.quant.Granularity;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerRun;
import io.halftone.quant.LayerState;
import io.halftone.quant.Observation;
import io.halftone.quant.Planned;
import io.halftone.quant.QuantFormat;
import io.halftone.quant.Range;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuantizedModelTest {
    private final QuantizedModel model = new QuantizedModel(RecipeTest.recipe("tiny"), RecipeTest.states(), new MemoryParameters(Map.of()));

    @Test
    void givesTheRewriteOfEachLayer() {
        QuantFormat format = new Unrounded();
        QuantFormat other = new Unrounded();
        LayerRewrite rewrite = new LayerRewrite() { };
        List<String> asked = new ArrayList<>();
        Algorithm algorithm = new Algorithm() {
            @Override
            public Set<String> options() {
                return Set.of();
            }

            @Override
            public Map<Slot, Observation> observations(Planned layer) {
                throw new UnsupportedOperationException();
            }

            @Override
            public LayerState decide(LayerRun run) {
                throw new UnsupportedOperationException();
            }

            @Override
            public LayerRewrite rewrite(Layer layer, LayerState state, QuantFormat its) {
                assertSame(state.layer().equals("conv_in") ? format : other, its);
                asked.add(layer.name() + " " + state.ranges().keySet());
                return rewrite;
            }
        };
        Plugins plugins = TestPipeline.plugins(TestPipeline.family("format", Plugins.Plugin.of(format, "int8"), Plugins.Plugin.of(other, "fp8")),
            TestPipeline.family("algorithm", Plugins.Plugin.of(algorithm, "smoothquant", "max")), TestPipeline.family("policy"),
            TestPipeline.family("collector"));
        Scan scan = Scan.of(new TestModel(), TestModel.CONFIG);
        assertEquals(Map.of("conv_in", rewrite, "attn1.to_q", rewrite), model.rewrites(scan, plugins));
        assertEquals(List.of("conv_in [INPUT, WEIGHT]", "attn1.to_q [INPUT]"), asked);

        QuantizedModel wrong = new QuantizedModel(model.recipe(), List.of(new LayerState("conv_mid", "max", "int8", Map.of(Slot.INPUT, Range.of(1)), Map.of(),
            Map.of(), List.of())), model.parameters());
        var e = assertThrows(CheckpointException.class, () -> wrong.rewrites(scan, plugins));
        assertEquals("conv_mid: found a quantized layer that the model has not; expected one of its 5 layers", e.getMessage());
    }

    @Test
    void namesWhatAlgorithmsAdded() {
        assertEquals(Set.of("attn1.to_q.weight_quantizer.low"), model.added());
        assertEquals(Map.of("conv_in", Set.of(Slot.INPUT, Slot.WEIGHT), "attn1.to_q", Set.of(Slot.INPUT)), model.slots());
    }

    private static final class Unrounded implements QuantFormat {
        @Override
        public Optional<Granularity> granularity(Layer layer, Slot slot) {
            return Optional.empty();
        }

        @Override
        public <T> T roundTrip(Ops<T> ops, T x, Range range) {
            return x;
        }
    }
}
