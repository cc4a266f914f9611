package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private final ShapeOps shapes = new ShapeOps(DType.FLOAT16);
    private final List<String> regions = new ArrayList<>();
    private final Scope<Meta> scope = new Scope<>(new ForwardingOps<Meta>(shapes) {
        @Override
        public List<Meta> region(String name, Supplier<List<Meta>> body) {
            regions.add(name);
            return super.region(name, body);
        }
    });

    @Test
    void joinsPrefixesWithADot() {
        scope.within("down_blocks.0", block -> block.within("attentions.1", attention -> {
            assertEquals("down_blocks.0.attentions.1", attention.path());
            return attention.within("", same -> {
                assertEquals("down_blocks.0.attentions.1", same.path());
                return x(1, 2);
            });
        }));
        assertEquals("", scope.path());
        assertEquals(List.of("down_blocks.0", "down_blocks.0.attentions.1", "down_blocks.0.attentions.1"), regions);
    }

    @Test
    void aLifetimeHasNoNameAndKeepsThePrefix() {
        scope.within("mid_block", block -> block.lifetime(same -> {
            assertEquals("mid_block", same.path());
            return same.linear("proj", 4, Role.PROJECTION, x(1, 2));
        }));
        assertEquals(List.of("mid_block", ""), regions);
        assertEquals(Map.of("mid_block.proj.weight", Shape.of(4, 2), "mid_block.proj.bias", Shape.of(4)), shapes.parameters());
    }

    @Test
    void givesAllThatAPartReturns() {
        List<Meta> both = scope.withinAll("norm1", s -> List.of(x(1), x(2)));
        assertEquals(List.of(x(1), x(2)), both);
    }

    @Test
    void aLinearLayerTakesItsInFeaturesFromTheValue() {
        Meta y = scope.within("attn1", s -> s.linear("to_q", 6, false, Role.QKV, x(2, 5, 3)));
        assertEquals(x(2, 5, 6), y);
        assertEquals(List.of(new Layer.Linear("attn1.to_q", Role.QKV, 3, 6, false)), shapes.layers());
        assertEquals(Map.of("attn1.to_q.weight", Shape.of(6, 3)), shapes.parameters());
    }

    @Test
    void aConvolutionTakesItsInChannelsFromTheValue() {
        Meta y = scope.conv("conv_in", 8, 3, 2, 1, Role.INPUT, x(2, 4, 7, 8));
        assertEquals(x(2, 8, 4, 4), y);
        assertEquals(List.of(new Layer.Conv("conv_in", Role.INPUT, 4, 8, 3, 2, 1, true)), shapes.layers());
        assertEquals(Map.of("conv_in.weight", Shape.of(8, 4, 3, 3), "conv_in.bias", Shape.of(8)), shapes.parameters());
    }

    @Test
    void anAttentionHasItsScopesName() {
        scope.within("attn2", s -> s.attention(x(1, 3, 5, 16), x(1, 3, 7, 16), x(1, 3, 7, 16)));
        assertEquals(List.of(new Layer.Attention("attn2", Role.ATTENTION, 3, 16, 0.25, false)), shapes.layers());
    }

    @Test
    void anAttentionHasTheScaleAndMaskThatAreAskedFor() {
        scope.within("self_attn", s -> s.attention(x(1, 2, 5, 4), x(1, 2, 5, 4), x(1, 2, 5, 4), 1.0, true));
        assertEquals(List.of(new Layer.Attention("self_attn", Role.ATTENTION, 2, 4, 1, true)), shapes.layers());
    }

    @Test
    void normsAskForParametersOfTheirAxis() {
        scope.layerNorm("ln", x(2, 5, 3), 1e-5);
        scope.rmsNorm("rms", x(2, 5, 4), 1e-6);
        scope.groupNorm("gn", x(2, 6, 5, 5), 3, 1e-6);
        assertEquals(Map.of("ln.weight", Shape.of(3), "ln.bias", Shape.of(3), "rms.weight", Shape.of(4),
            "gn.weight", Shape.of(6), "gn.bias", Shape.of(6)), shapes.parameters());
        assertEquals(List.of(), shapes.layers());
    }

    @Test
    void anEmbeddingAsksForItsTable() {
        Meta ids = new Meta(Shape.of(2, 77), DType.INT64);
        assertEquals(x(2, 77, 8), scope.embedding("token_embedding", 100, 8, ids));
        assertEquals(Map.of("token_embedding.weight", Shape.of(100, 8)), shapes.parameters());
    }

    @Test
    void headsAreSplitAndMerged() {
        Dim tokens = Dim.named("tokens");
        Meta x = new Meta(Shape.of(Dim.of(2), tokens, Dim.of(12)), DType.FLOAT16);
        Meta split = scope.splitHeads(x, 3);
        assertEquals(Shape.of(Dim.of(2), Dim.of(3), tokens, Dim.of(4)), split.shape());
        assertEquals(x, scope.mergeHeads(split));
    }

    @Test
    void refusesHeadsThatDoNotDivideTheLastAxis() {
        var e = assertThrows(IllegalArgumentException.class, () -> scope.splitHeads(x(2, 5, 10), 3));
        assertEquals("reshape: found [2, 5, 3, 3]; expected as many elements as [2, 5, 10]", e.getMessage());
    }

    @Test
    void chunksAreEqual() {
        assertEquals(List.of(x(2, 4), x(2, 4), x(2, 4)), scope.chunk(x(2, 12), 3));
    }

    @Test
    void chunksFollowEachOther() {
        List<String> slices = new ArrayList<>();
        new Scope<>(new ForwardingOps<Meta>(shapes) {
            @Override
            public Meta slice(Meta x, int axis, long start, long end) {
                slices.add(axis + ": " + start + " to " + end);
                return super.slice(x, axis, start, end);
            }
        }).chunk(x(2, 12), 3);
        assertEquals(List.of("-1: 0 to 4", "-1: 4 to 8", "-1: 8 to 12"), slices);
    }

    @Test
    void refusesChunksThatDoNotDivideTheLastAxis() {
        var e = assertThrows(IllegalArgumentException.class, () -> scope.within("norm", s -> s.chunk(x(2, 10), 4).get(0)));
        assertEquals("norm: found a last axis of 10; expected a multiple of 4", e.getMessage());
    }

    @Test
    void aFactorHasTheValuesType() {
        Meta x = new Meta(Shape.of(2), DType.FLOAT32);
        assertEquals(x, scope.scale(x, 0.5));
    }

    @Test
    void anEmbeddingGoesThroughTwoLayers() {
        assertEquals(x(2, 6), scope.within("timestep_embedder", e -> e.embedded(6, x(2, 4))));
        assertEquals(List.of(new Layer.Linear("timestep_embedder.linear_1", Role.EMBEDDING, 4, 6, true),
            new Layer.Linear("timestep_embedder.linear_2", Role.EMBEDDING, 6, 6, true)), shapes.layers());
    }

    @Test
    void aModulationIsOneLayerInParts() {
        Dim batch = Dim.named("batch");
        Meta temb = new Meta(Shape.of(batch, Dim.of(4)), DType.FLOAT16);
        List<Meta> parts = scope.withinAll("norm1", n -> n.modulation(temb, 3, Role.MODULATION));
        assertEquals(Collections.nCopies(3, new Meta(Shape.of(batch, Dim.of(1), Dim.of(4)), DType.FLOAT16)), parts);
        assertEquals(List.of(new Layer.Linear("norm1.linear", Role.MODULATION, 4, 12, true)), shapes.layers());
    }

    @Test
    void modulatingScalesByOneMoreAndThenShifts() {
        List<String> trace = new ArrayList<>();
        Meta x = x(2, 5, 4);
        Meta shift = x(2, 1, 4);
        Meta scale = x(2, 1, 4);
        var traced = new Scope<>(new ForwardingOps<Meta>(shapes) {
            @Override
            public Meta add(Meta a, Meta b) {
                trace.add("add " + (a == scale) + " " + (b == shift));
                return super.add(a, b);
            }

            @Override
            public Meta addcmul(Meta to, Meta a, Meta b) {
                trace.add("addcmul " + (to == shift) + " " + (a == x));
                return super.addcmul(to, a, b);
            }

            @Override
            public Meta constant(double value, DType type) {
                trace.add(value + " " + type);
                return super.constant(value, type);
            }
        });
        assertEquals(x, traced.modulate(x, shift, scale));
        assertEquals(List.of("1.0 FLOAT16", "add true false", "addcmul true true"), trace);
    }

    @Test
    void aGatedChangeBroadcastsOverTokens() {
        assertEquals(x(2, 5, 4), scope.gated(x(2, 5, 4), x(2, 1, 4), x(2, 5, 4)));
    }

    @Test
    void onlyFloat16IsKeptFinite() {
        List<String> bounds = new ArrayList<>();
        var traced = new Scope<>(new ForwardingOps<Meta>(shapes) {
            @Override
            public Meta clamp(Meta x, double min, double max) {
                bounds.add(x.dtype() + " " + min + " " + max);
                return super.clamp(x, min, max);
            }
        });
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            traced.finite(new Meta(Shape.of(2), type));
        }
        assertEquals(List.of("FLOAT16 -65504.0 65504.0"), bounds);
    }

    private static Meta x(long... sizes) {
        return new Meta(Shape.of(sizes), DType.FLOAT16);
    }
}
