package io.halftone.level.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantLevel;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlyReferencePolicyTest {
    private final LevelPolicy policy = new EarlyReferencePolicy();

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 38", "2.5, 209", "3, 495"})
    void countsOfFlux(String level, int linear) {
        assertEquals(linear, Backbones.flux().stream().filter(layer -> !policy.slots(new QuantLevel(level), layer).isEmpty()).count());
    }

    @Test
    void differsFromTheLaterOneInOneLayer() {
        Set<String> differing = new HashSet<>();
        LevelPolicy later = new ReferencePolicy();
        for (QuantLevel level : policy.levels()) {
            Backbones.flux().stream().filter(layer -> !policy.slots(level, layer).equals(later.slots(level, layer)))
                .forEach(layer -> differing.add(layer.name() + " at " + level));
        }
        assertEquals(Set.of("x_embedder at 3", "x_embedder at 4"), differing);
    }

    @Test
    void keepsTheOtherExclusions() {
        for (String name : EarlyReferencePolicy.EXCLUDED.split("\\|")) {
            Layer layer = new Layer.Linear("some." + name + ".proj", Role.PROJECTION, 64, 64, true);
            assertEquals(Set.of(), policy.slots(new QuantLevel("4"), layer), name);
        }
        assertEquals(policy.levels(), new ReferencePolicy().levels());
    }
}
