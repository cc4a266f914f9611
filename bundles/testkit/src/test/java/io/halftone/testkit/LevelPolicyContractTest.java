package io.halftone.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Layer;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The contract holds for a sound policy, and each kind of unsound one breaks it. */
class LevelPolicyContractTest extends LevelPolicyContract {
    private static final QuantLevel LESS = new QuantLevel("1");
    private static final QuantLevel MORE = new QuantLevel("2");
    private static final Set<Slot> BOTH = Set.of(Slot.INPUT, Slot.WEIGHT);

    @Override
    protected LevelPolicy policy() {
        return policy(List.of(LESS, MORE), (level, layer) -> layer instanceof Layer.Linear || layer instanceof Layer.Conv && level.equals(MORE)
            ? BOTH : Set.of());
    }

    @Test
    void findsLevelsOutOfOrder() {
        var broken = contract(policy(List.of(MORE, LESS), (level, layer) -> Set.of()));
        assertThrows(AssertionError.class, broken::hasLevelsFromTheLeastEachOnce);
        assertThrows(AssertionError.class, contract(policy(List.of(), (level, layer) -> Set.of()))::hasLevelsFromTheLeastEachOnce);
    }

    @Test
    void findsAPolicyThatQuantizesNothing() {
        var broken = contract(policy(List.of(LESS), (level, layer) -> Set.of()));
        assertEquals("no layer at level 1 ==> expected: <true> but was: <false>",
            assertThrows(AssertionError.class, broken::quantizesSomethingAtItsGreatestLevel).getMessage());
    }

    @Test
    void findsASlotThatAnAttentionHasNot() {
        var broken = contract(policy(List.of(LESS), (level, layer) -> BOTH));
        assertTrue(assertThrows(AssertionError.class, broken::choosesSlotsThatTheLayerHas).getMessage().contains("Attention[name="));
    }

    @Test
    void findsALevelThatTakesSomethingAway() {
        var broken = contract(policy(List.of(LESS, MORE), (level, layer) -> level.equals(LESS) ? BOTH : Set.of()));
        assertThrows(AssertionError.class, broken::keepsAtEachLevelWhatTheOneBelowHas);
    }

    private static LevelPolicyContract contract(LevelPolicy policy) {
        return new LevelPolicyContract() {
            @Override
            protected LevelPolicy policy() {
                return policy;
            }
        };
    }

    private static LevelPolicy policy(List<QuantLevel> levels, BiFunction<QuantLevel, Layer, Set<Slot>> slots) {
        return new LevelPolicy() {
            @Override
            public List<QuantLevel> levels() {
                return levels;
            }

            @Override
            public Set<Slot> slots(QuantLevel level, Layer layer) {
                return slots.apply(level, layer);
            }
        };
    }
}
