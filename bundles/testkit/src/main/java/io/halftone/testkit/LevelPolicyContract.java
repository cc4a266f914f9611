package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every level policy holds to. A policy's test extends it. */
public abstract class LevelPolicyContract {
    private static final Set<Slot> OF_WEIGHTED = EnumSet.of(Slot.INPUT, Slot.WEIGHT, Slot.OUTPUT);
    private static final Set<Slot> OF_ATTENTION = EnumSet.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX, Slot.ATTENTION_OUTPUT);
    private static final List<String> NAMES = List.of("conv_in", "proj_out", "transformer_blocks.0.attn.to_q", "transformer_blocks.0.ff.net.2",
        "down_blocks.0.resnets.0.conv1", "mid_block.attentions.0.transformer_blocks.0.attn1");

    /** The policy under test. */
    protected abstract LevelPolicy policy();

    /** Layers that the tests ask about: of every kind and role, and of a few sizes and names. A test adds its own to these. */
    protected List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        for (String name : NAMES) {
            for (Role role : Role.values()) {
                for (long channels : new long[] {8, 64, 1280}) {
                    layers.add(new Layer.Linear(name, role, channels, channels, true));
                    layers.add(new Layer.Conv(name, role, channels, channels, 3, 1, 1, true));
                }
            }
            for (long headDim : new long[] {40, 64, 72}) {
                layers.add(new Layer.Attention(name, Role.ATTENTION, 8, headDim, 0.125, false));
            }
        }
        return layers;
    }

    @Test
    void hasLevelsFromTheLeastEachOnce() {
        List<QuantLevel> levels = policy().levels();
        assertFalse(levels.isEmpty(), "there is no level");
        assertEquals(List.copyOf(new TreeSet<>(levels)), levels);
    }

    @Test
    void quantizesSomethingAtItsGreatestLevel() {
        QuantLevel greatest = policy().levels().get(policy().levels().size() - 1);
        assertTrue(layers().stream().anyMatch(layer -> !policy().slots(greatest, layer).isEmpty()), "no layer at level " + greatest);
    }

    @Test
    void choosesSlotsThatTheLayerHas() {
        for (QuantLevel level : policy().levels()) {
            for (Layer layer : layers()) {
                Set<Slot> its = layer instanceof Layer.Attention ? OF_ATTENTION : OF_WEIGHTED;
                Set<Slot> chosen = policy().slots(level, layer);
                assertTrue(its.containsAll(chosen), layer + " at level " + level + ": found " + chosen + "; expected some of " + its);
            }
        }
    }

    /** So that a user who asks for more never gets less. */
    @Test
    void keepsAtEachLevelWhatTheOneBelowHas() {
        for (Layer layer : layers()) {
            Set<Slot> below = Set.of();
            for (QuantLevel level : policy().levels()) {
                Set<Slot> chosen = policy().slots(level, layer);
                assertTrue(chosen.containsAll(below), layer + " at level " + level + ": found " + chosen + "; expected at least " + below);
                below = chosen;
            }
        }
    }

    @Test
    void answersAlikeEachTime() {
        for (QuantLevel level : policy().levels()) {
            for (Layer layer : layers()) {
                assertEquals(policy().slots(level, layer), policy().slots(level, layer), layer + " at level " + level);
            }
        }
    }
}
