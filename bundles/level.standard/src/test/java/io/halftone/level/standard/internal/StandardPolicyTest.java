package io.halftone.level.standard.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import io.halftone.quant.Slot;
import io.halftone.testkit.LevelPolicyContract;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardPolicyTest extends LevelPolicyContract {
    private final LevelPolicy policy = new StandardPolicy();

    @Override
    protected LevelPolicy policy() {
        return policy;
    }

    @ParameterizedTest
    @CsvSource({"CONVOLUTION, 1 2 2.5 3 4", "FEED_FORWARD, 2 2.5 3 4", "QKV, 2.5 3 4", "ATTENTION_OUTPUT, 3 4", "PROJECTION, 3 4", "MODULATION, 3 4",
        "SHORTCUT, ''", "EMBEDDING, ''", "INPUT, ''", "OUTPUT, ''"})
    void aRoleIsQuantizedFromItsLevelOn(Role role, String levels) {
        Layer linear = new Layer.Linear("any.name", role, 64, 64, true);
        Layer conv = new Layer.Conv("any.name", role, 64, 64, 3, 1, 1, true);
        assertEquals(levels, chosenAt(linear));
        assertEquals(levels, chosenAt(conv));
    }

    @Test
    void inputAndWeightAreBothQuantized() {
        Layer layer = new Layer.Linear("any.name", Role.QKV, 64, 64, true);
        assertEquals(Set.of(Slot.INPUT, Slot.WEIGHT), policy.slots(new QuantLevel("3"), layer));
    }

    @Test
    void attentionIsLevelFourWhereTheHeadFits() {
        Layer attention = new Layer.Attention("a.attn1", Role.ATTENTION, 10, 64, 0.125, false);
        assertEquals(Set.of(), policy.slots(new QuantLevel("3"), attention));
        assertEquals(Set.of(Slot.QUERY, Slot.KEY, Slot.VALUE, Slot.SOFTMAX), policy.slots(new QuantLevel("4"), attention));
        assertEquals(Set.of(), policy.slots(new QuantLevel("4"), new Layer.Attention("a.attn1", Role.ATTENTION, 10, 40, 0.125, false)));
    }

    @Test
    void levelsAreOrdered() {
        assertEquals(List.of("1", "2", "2.5", "3", "4"), policy.levels().stream().map(QuantLevel::name).toList());
        assertEquals(policy.levels(), policy.levels().stream().sorted().toList());
    }

    private String chosenAt(Layer layer) {
        return policy.levels().stream().filter(level -> !policy.slots(level, layer).isEmpty()).map(QuantLevel::name).collect(Collectors.joining(" "));
    }
}
